// What can be known without running: gd_tutorial/theory.py for single numbers, which are
// not checked here.

/** What multiplies the signed error each epoch. */
export const factor = (lr, curvature) => 1 - lr * curvature

/** The signed error after k epochs on a parabola. */
export const error = (k, error0, lr, curvature) =>
  error0 === 0 ? 0 : factor(lr, curvature) ** k * error0

/** 1/L, the rate that lands on the minimum in one epoch. */
export const oneStepRate = curvature => 1 / curvature

/** 2/L, the rate from which on the walk no longer converges. */
export const rateLimit = curvature => 2 / curvature

/** What the walk does on a parabola: one of five names. */
export function regime(lr, curvature) {
  if (lr < oneStepRate(curvature)) return "one side"
  if (lr === oneStepRate(curvature)) return "one step"
  if (lr < rateLimit(curvature)) return "overshoot"
  if (lr === rateLimit(curvature)) return "bounce"
  return "diverge"
}

/** What f″ alone decides near a critical point of any smooth f. */
export function localRegime(lr, d2f) {
  if (d2f < 0) return "repels"
  if (d2f === 0 || lr === rateLimit(d2f)) return "undecided"
  return lr < rateLimit(d2f) ? "attracts" : "repels"
}

/** The smallest whole k with |error(k)| ≤ tol, or Infinity. */
export function epochsForTolerance(tol, error0, lr, curvature) {
  const multiplier = factor(lr, curvature)
  const shrinks = lr < rateLimit(curvature) && Math.abs(multiplier) !== 1
  const reached = k => Math.abs(error(k, error0, lr, curvature)) <= tol
  if (reached(0)) return 0
  if (!shrinks) return Infinity
  let enough = 1
  while (!reached(enough)) if ((enough *= 2) === Infinity) return Infinity
  let tooFew = Math.floor(enough / 2)
  const between = () => Math.floor((tooFew + enough) / 2)
  // From 2⁵³ on, the float after tooFew is no longer tooFew + 1.
  for (let k = between(); tooFew < k && k < enough; k = between()) {
    if (reached(k)) enough = k
    else tooFew = k
  }
  return enough
}

/** The epochs that each further decimal digit of the answer takes on a parabola. */
export function epochsPerDecade(lr, curvature) {
  if (lr === oneStepRate(curvature)) return 0
  if (!(lr < rateLimit(curvature))) return Infinity
  const z = lr * curvature
  return -Math.LN10 / Math.log1p(-Math.min(z, 2 - z))
}
