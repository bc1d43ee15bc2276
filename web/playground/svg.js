const NAMESPACE = "http://www.w3.org/2000/svg";

/** An SVG element. */
export function make(name, attributes = {}, text = "") {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}
