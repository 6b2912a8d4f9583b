/**
 * The version under which the provider is packaged. Major and minor are those of the published provider whose schema and behavior this
 * one has, because the version constraints in templates are written against them; the patch number is ours.
 */
export const PROVIDER_VERSION = "2.17.0";
