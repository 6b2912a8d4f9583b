type Environment = Readonly<Record<string, string>>;

/** Names that PostgreSQL's clients read: PGPASSWORD, PGHOST, PGSSLKEY, ... */
const POSTGRES = /^PG[A-Z]+$/;

/**
 * Returns the environment that the server's daemons may pass to Terraform. If the server keeps its data in PostgreSQL, the variables of
 * PostgreSQL's clients give access to its database, so templates must not get them; otherwise templates may use them. The daemons
 * themselves leave out the variables of Proviso.
 */
export function templateEnvironment(env: Environment, databaseUrl: string | undefined): Environment {
  if (!databaseUrl) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !POSTGRES.test(name)));
}
