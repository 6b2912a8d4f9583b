type Environment = Readonly<Record<string, string>>;

/** Names that PostgreSQL's clients read: PGPASSWORD, PGHOST, PGSSLKEY, ... */
const POSTGRES = /^PG[A-Z]+$/;

/**
 * What the server's daemons may show to Terraform. When the server itself keeps its data in PostgreSQL, these variables are its own way
 * in, and no template's; otherwise they are there for templates. What is named after us, the daemons leave out themselves.
 */
export function templateEnvironment(env: Environment, databaseUrl: string | undefined): Environment {
  if (!databaseUrl) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !POSTGRES.test(name)));
}
