// Time zones by the names that calendars use.

/** Each character can be read in one way only: a script's own text is held against it on the host's thread. */
const NAME = /^[A-Za-z][\w/+-]{0,99}$/

/** Whether a text names a time zone, as `Europe/Berlin` and `UTC` do; an offset such as `+02:00` names none. */
export function isTimeZone(text: string): boolean {
  if (!NAME.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text }).format(0)
    return true
  } catch {
    return false
  }
}
