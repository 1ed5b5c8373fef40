// Gradient descent: gd_tutorial/descent.py for one start and one rate.

/**
 * Repeat x − lr · df(x): every estimate on the way, path[0] the start.
 *
 * A path that diverges ends in inf and nan.
 */
export function gradientDescent(df, x0, lr, epochs) {
  const path = new Float64Array(epochs + 1)
  let x = (path[0] = x0)
  for (let k = 0; k < epochs; k++) path[k + 1] = x = x - lr * df(x)
  return path
}
