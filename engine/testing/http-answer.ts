// What a fake of `ctx.http.fetch` answers, as the host itself would.

/** What can be said of an answer; whatever is missing is as in an answer with status 200 and no body. */
interface HttpAnswer {
  readonly status?: number
  readonly statusText?: string
  readonly headers?: { readonly [name: string]: string } | readonly (readonly [name: string, value: string])[]
  /** Text, bytes, or what is to be JSON. */
  readonly body?: unknown
}

interface ResponseLike {
  readonly status: number
  readonly statusText: string
  readonly headers: Iterable<readonly [string, string]>
  arrayBuffer(): Promise<ArrayBuffer>
}

/** Makes the host's answer of a `Response`, of a text, or of an object with some of `status`, `statusText`, `headers` and `body`. */
export async function answerHttp(answer: unknown, url: string): Promise<object> {
  const base = { status: 200, statusText: '', url, redirected: false }
  if (isResponse(answer)) {
    const { status, statusText, headers } = answer
    return {
      ...base,
      status,
      statusText,
      headers: Array.from(headers, ([name, value]) => [name, value]),
      body: new Uint8Array(await answer.arrayBuffer()),
    }
  }
  if (typeof answer !== 'object' || answer === null || answer instanceof Uint8Array) return { ...base, headers: [], body: bytesOf(answer) }
  const { headers = [], body, ...others } = answer as HttpAnswer
  const pairs: (readonly [string, string])[] = Array.isArray(headers) ? [...headers] : Object.entries(headers)
  const isJson = typeof body === 'object' && body !== null && !(body instanceof Uint8Array)
  const hasType = pairs.some(([name]) => name.toLowerCase() === 'content-type')
  if (isJson && !hasType) pairs.push(['content-type', 'application/json'])
  return { ...base, ...others, headers: pairs, body: bytesOf(body) }
}

/** Told by what it can do: to name the class would make it, in each sandbox. */
function isResponse(value: unknown): value is ResponseLike {
  return typeof value === 'object' && value !== null && typeof (value as { arrayBuffer?: unknown }).arrayBuffer === 'function'
}

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body
  if (body === undefined || body === null) return new Uint8Array()
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
}
