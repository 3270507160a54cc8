// The event and the handler that every row uses: an order of ten items, summed.

/** 839 bytes of JSON. */
export const ORDER = Object.freeze({
  id: 'ord_20261122_0001',
  currency: 'EUR',
  customer: { id: 'cus_4711', name: 'Ada Lovelace', email: 'ada@example.com', country: 'GB' },
  items: Array.from({ length: 10 }, (_, i) => ({
    sku: `SKU-${1000 + i}`,
    name: `Article no. ${i}`,
    price: 9.95 + i,
    quantity: (i % 3) + 1,
  })),
  note: 'Ring twice.',
})

/** The handler as a plain JavaScript function expression. */
export const HANDLER =
  '(order) => { let total = 0; for (const item of order.items) total += item.price * item.quantity; return { id: order.id, total, count: order.items.length } }'

/** The script of the handler. */
export const SCRIPT = `export default { on: { 'order.created': ${HANDLER} } }`

/** A script of about forty lines. */
export const FORTY_LINES = `
interface Item { sku: string; price: number; quantity: number }
interface Order { id: string; items: Item[] }
const rates: Record<string, number> = { EUR: 1, USD: 1.08, GBP: 0.86 }
function subtotal(items: Item[]): number {
  let sum = 0
  for (const item of items) sum += item.price * item.quantity
  return sum
}
function discount(total: number): number {
  if (total > 500) return 0.1
  if (total > 100) return 0.05
  return 0
}
function convert(amount: number, currency: string): number {
  const rate = rates[currency]
  if (rate === undefined) throw new Error('unknown currency ' + currency)
  return Math.round(amount * rate * 100) / 100
}
class Basket {
  items: Item[] = []
  add(item: Item): this { this.items.push(item); return this }
  get size(): number { return this.items.length }
}
function label(size: number): string {
  switch (true) {
    case size > 20: return 'large'
    case size > 5: return 'medium'
    default: return 'small'
  }
}
export default {
  name: 'Totals',
  on: {
    'order.created'(order: Order & { currency: string }) {
      const basket = new Basket()
      for (const item of order.items) basket.add(item)
      const total = subtotal(basket.items)
      return { id: order.id, total: convert(total * (1 - discount(total)), order.currency), label: label(basket.size) }
    },
  },
}
`

/** A script with a name of its own in its code, so that no two bundles are alike. */
export function numbered(script: string, number: number): string {
  return script.replace('export default {', `export default { name: 'Script ${number}',`).replace("name: 'Totals',", '')
}
