// Numbers as text for readers, and text from readers as numbers.

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"

/** A short number with a true minus sign: 0.4712, −2, 4e12, 1e−6, inf, nan. */
export function text(value, digits = 4) {
  if (Number.isNaN(value)) return "nan"
  if (!Number.isFinite(value)) return value < 0 ? "−inf" : "inf"
  if (value === 0) return "0"
  const size = Math.abs(value)
  const [mantissa, power] =
    size >= 1e-4 && size < 1e6
      ? [String(Number(value.toPrecision(digits)))]
      : value.toExponential(digits - 1).split("e")
  const short = power === undefined ? mantissa : `${Number(mantissa)}e${Number(power)}`
  return short.replaceAll("-", "−")
}

/** A number with all its digits, as one may type it: -2, 0.25, 1.3e-6. */
export const exact = value =>
  value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value)

/** A number with as many digits as tell it from others, if it is none of them. */
export function apart(value, others, digits = 4) {
  while (digits < 17 && others.some(one => one !== value && text(one, digits) === text(value, digits)))
    digits++
  return text(value, digits)
}

/** x with a subscript, as in x₂₀. */
export const estimate = k => `x${String(k).replace(/\d/g, digit => SUBSCRIPTS[digit])}`

/** A power of ten, as in 10⁻⁶. */
export const power = exponent =>
  exponent === 0
    ? "1"
    : exponent === 1
      ? "10"
      : `10${String(exponent)
          .replace("-", "⁻")
          .replace(/\d/g, digit => SUPERSCRIPTS[digit])}`

/** Round marks for an axis: about so many, from low to high. */
export function ticks(low, high, count = 5) {
  const rough = (high - low) / count
  if (!(rough > 0) || !Number.isFinite(rough)) return []
  const unit = 10 ** Math.floor(Math.log10(rough))
  const off = m => Math.abs(Math.log((m * unit) / rough))
  const step = unit * [1, 2, 5, 10].reduce((a, b) => (off(b) < off(a) ? b : a))
  const marks = []
  for (let i = Math.ceil(low / step); i * step <= high; i++)
    marks.push(Number((i * step).toPrecision(12)))
  return marks
}

/** Powers of ten for an axis, at most so many. */
export function decades(low, high, count = 5) {
  const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))]
  const step = Math.max(1, Math.ceil((last - first) / count))
  const marks = []
  for (let i = Math.floor(last / step) * step; i >= first; i -= step) marks.push(10 ** i)
  return marks
}

const NUMBER = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** What a reader typed, as a number; a sentence is thrown for what is none. */
export function read(typed, name, { above = -Infinity, from = -Infinity, to = Infinity, whole = false } = {}) {
  const shown = typed.length > 20 ? `${typed.slice(0, 20)}…` : typed
  const plain = typed.trim().replace("−", "-").replace(/^([+-]?\d*),(\d+)$/, "$1.$2")
  const value = Number(plain.replaceAll("_", ""))
  if (plain === "") throw new RangeError(`${name} is empty. Type a number.`)
  if (!NUMBER.test(plain)) throw new RangeError(`${name}: “${shown}” is not a number.`)
  if (!Number.isFinite(value))
    throw new RangeError(`${name}: ${shown} is too large for a float.`)
  if (whole && !Number.isInteger(value))
    throw new RangeError(`${name} must be a whole number, not ${shown}.`)
  if (!(value > above)) throw new RangeError(`${name} must be above ${text(above)}, not ${shown}.`)
  if (value < from || value > to)
    throw new RangeError(`${name} must lie from ${text(from)} to ${text(to)}, not ${shown}.`)
  return value
}

/** A reader of names, which throws a sentence for what is none of them. */
export const oneOf = names => value => {
  if (names.includes(value)) return value
  throw new RangeError(`“${value.slice(0, 20)}” is none of: ${names.join(", ")}.`)
}
