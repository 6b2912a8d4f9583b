/** Words in the names of variables whose values are secrets, or contain some, as the address of a database contains its password. */
const SECRET = /KEY|TOKEN|SECRET|PASSWORD|CONNECTION_URL/;

/** PostgreSQL's client asks for it whenever it connects. */
export function isReadByLibraries(name: string): boolean {
  return name === "PGPASSWORD";
}

/** Whether a variable of ours, or one of PostgreSQL's clients, holds a secret. */
export function isSecretVariable(name: string): boolean {
  return name === "PGPASSWORD" || (/^(CODER|PROVISO)_/.test(name) && SECRET.test(name));
}
