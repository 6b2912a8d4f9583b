/** Days of the week as the store keeps them: bit 0 is Monday. */
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const EVERY_DAY = 0b111_1111;

export function daysOf(bits: number): Weekday[] {
  return WEEKDAYS.filter((_, at) => (bits & (1 << at)) !== 0);
}

export function bitsOf(days: readonly Weekday[]): number {
  return days.reduce((bits, day) => bits | (1 << WEEKDAYS.indexOf(day)), 0);
}

/** For a column in which set bits forbid days. */
export function allowedDaysOf(blockedBits: number): Weekday[] {
  return daysOf(~blockedBits & EVERY_DAY);
}

export function blockedBitsOf(allowed: readonly Weekday[]): number {
  return ~bitsOf(allowed) & EVERY_DAY;
}
