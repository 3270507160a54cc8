// The TypeScript type of `ctx.http`, for the editors of people who write scripts.

/** An object type, as text. */
export const HTTP_TYPES = `{
  /**
   * Sends a request and gives its whole response; a status such as 404 is no error. Only hosts, ports and methods that policy granted are reached.
   * \`headers\`: \`{{secret:NAME}}\` in a value stands for a secret that this script was granted. The script never sees it.
   * \`redirect\`: 'follow' (default), 'manual' gives the redirect itself, 'error' rejects. \`timeout\`: in ms, no longer than policy allows.
   * Rejects with one of the codes HTTP_DENIED, HTTP_ADDRESS_DENIED, HTTP_FAILED, HTTP_TIMEOUT, HTTP_RESPONSE_TOO_LARGE, HTTP_REQUEST_TOO_LARGE,
   * HTTP_REDIRECTS_EXCEEDED, HTTP_URL_INVALID, HTTP_HEADER_INVALID, SECRET_DENIED, SECRET_UNAVAILABLE.
   */
  fetch(input: string | URL | Request, init?: RequestInit & { timeout?: number }): Promise<Response>
}`
