/**
 * How long it takes to give out a job and to tell a job's place, with few and with many jobs in the queue.
 *
 * node bench/queue.ts [--postgres]
 */
import { createEncryption } from "#server/encryption/envelope.ts";
import { openDatabase } from "#server/database/open-database.ts";
