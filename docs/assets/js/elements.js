// Makes elements of a page, one by one: what a reader typed stays text.

/** Make an HTML element with these attributes; functions are listeners. */
export function html(name, attributes = {}, ...children) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value)
    else if (value === true) node.setAttribute(key, "")
    else if (value !== false && value !== undefined) node.setAttribute(key, value)
  }
  node.append(...children)
  return node
}
