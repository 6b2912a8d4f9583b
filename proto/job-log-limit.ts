/** How much of a job's output a server keeps. Daemons know it too, so that they do not send what cannot be kept. */
export const JOB_LOG_LIMIT_BYTES = 1 << 20;

/** What a server keeps in addition, of errors alone: they come last, and are what people look for. */
export const JOB_LOG_ERRORS_BYTES = 64 << 10;
