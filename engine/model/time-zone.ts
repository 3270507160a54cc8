// Time zones by the names that calendars use.

const NAME = /^[A-Za-z]\w*(?:[/+-][\w+-]+)*$/

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
