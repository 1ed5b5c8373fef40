// Whether two outputs say the same.

const NUMBER = /[-+−]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi

/** Two numbers that agree to nine digits, or to one unit in the last that is printed. */
export const TOLERANCE = "numbers agree to nine digits or to one unit in the last one printed"

/**
 * "same" where two texts are equal but for blanks at their end, "close" where they are
 * so but for numbers that agree within TOLERANCE, "other" otherwise.
 */
export function compare(one, two) {
  const [a, b] = [one, two].map(text => text.trimEnd())
  if (a === b) return "same"
  const words = text => text.replace(NUMBER, "#").replace(/[^\S\n]+/g, " ")
  if (words(a) !== words(b)) return "other"
  const [left, right] = [a, b].map(text => text.match(NUMBER) ?? [])
  return left.every((number, n) => agree(number, right[n])) ? "close" : "other"
}

function agree(one, two) {
  const [a, b] = [one, two].map(text => Number(text.replace("−", "-")))
  const unit = Math.max(lastUnit(one), lastUnit(two))
  const far = Math.abs(a - b)
  return far <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) || far <= 1.000001 * unit
}

/** One unit in the last printed digit: 0.01 for 3.14. Whole numbers are exact. */
function lastUnit(number) {
  const [, fraction = "", power = 0] = number.match(/^[^.e]*(?:\.(\d*))?(?:e(.*))?$/i)
  return fraction || power ? 10 ** (Number(power) - fraction.length) : 0
}
