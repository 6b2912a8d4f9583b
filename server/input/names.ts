/** The rules for names that people choose. */
import { nameProblem, templateNameProblem, usernameProblem } from "#sdk/names.ts";
import type { InvalidField } from "../errors.ts";
import { InvalidInputError } from "../errors.ts";

const NAME = /^[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*$/;
const VERSION_NAME = /^[a-zA-Z0-9]+(?:[_.-][a-zA-Z0-9]+)*$/;
const RESERVED_KEYS = new Set(["built-in", "user-auth", "psk"]);

/** Collects what is wrong with a request's fields, so that people learn all of it at once. */
export class FieldChecks {
  readonly #problems: InvalidField[] = [];

  add(field: string, detail: string): this {
    this.#problems.push({ field, detail });
    return this;
  }

  /** For organizations and workspaces. */
  name(field: string, value: string): this {
    return this.#unless(field, nameProblem(value));
  }

  username(field: string, value: string): this {
    return this.#unless(field, usernameProblem(value));
  }

  templateName(field: string, value: string): this {
    return this.#unless(field, templateNameProblem(value));
  }

  #unless(field: string, problem: string | undefined): this {
    return problem === undefined ? this : this.add(field, problem);
  }

  templateVersionName(field: string, value: string): this {
    if (value.length > 64) return this.add(field, "A version's name can have at most 64 characters.");
    if (!VERSION_NAME.test(value))
      this.add(field, "A version's name can contain only letters, digits, and single dots, hyphens or underscores between them.");
    return this;
  }

  provisionerKeyName(field: string, value: string): this {
    if (value.length < 1 || value.length > 64) return this.add(field, "A key's name must have 1 to 64 characters.");
    if (!NAME.test(value)) return this.add(field, "A key's name can contain only letters, digits, and single hyphens between them.");
    if (RESERVED_KEYS.has(value.toLowerCase())) return this.add(field, `The name ${value} is reserved.`);
    return this;
  }

  /** Empty is allowed. */
  displayName(field: string, value: string): this {
    if (value.length > 64) return this.add(field, "A display name can have at most 64 characters.");
    if (value !== value.trim()) this.add(field, "A display name cannot begin or end with a space.");
    return this;
  }

  /** A person's name. Empty is allowed. */
  realName(field: string, value: string): this {
    if (value.length > 128) return this.add(field, "A name can have at most 128 characters.");
    if (value !== value.trim()) this.add(field, "A name cannot begin or end with a space.");
    return this;
  }

  /** The address of an image that the dashboard shows: on the web, or a path on this server. Empty is allowed. */
  imageAddress(field: string, value: string): this {
    if (value.length > 2_048) return this.add(field, "An image address can have at most 2048 characters.");
    const isPath = value === "" || /^\/(?![/\\])/.test(value);
    const scheme = URL.parse(value)?.protocol ?? "";
    if (!isPath && scheme !== "https:" && scheme !== "http:") this.add(field, "Expected a web address, or a path that begins with /.");
    return this;
  }

  email(field: string, value: string): this {
    if (value.length > 254 || !/^[^\s@<>]+@[^\s@<>]+$/.test(value)) this.add(field, "This is not a valid email address.");
    return this;
  }

  /** 0 means never. */
  durationMs(field: string, value: number | undefined): this {
    if (value !== undefined && value !== 0 && value < 60_000) this.add(field, "A duration must be 0 or at least one minute.");
    return this;
  }

  /** @throws InvalidInputError if anything was wrong */
  done(): void {
    if (this.#problems.length > 0) throw new InvalidInputError("validation failed", this.#problems);
  }
}
