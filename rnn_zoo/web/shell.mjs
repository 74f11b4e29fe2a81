// What all pages share: words in English and Korean, from one table.

const strings = await (await fetch(new URL("strings.json", import.meta.url))).json();
const languages = ["en", "ko"];
let language = remembered() ?? (navigator.language.startsWith("ko") ? "ko" : "en");

/** Writes the words of a key into an element, now and whenever the language changes; `{name}` stands for a value. */
export function say(element, key, values = {}) {
  element.dataset.i18n = key;
  element.dataset.values = JSON.stringify(values);
  element.textContent = words(key, values);
  return element;
}

/** The words of a key in the language of the moment. */
export function words(key, values = {}) {
  const found = strings[key]?.[languages.indexOf(language)] ?? key;
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A new element with text; attributes such as `className` are set on it. */
export function make(name, text = "", attributes = {}) {
  return Object.assign(document.createElement(name), {textContent: text}, attributes);
}

function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  for (const one of document.querySelectorAll("[data-i18n]")) say(one, one.dataset.i18n, JSON.parse(one.dataset.values ?? "{}"));
  for (const one of document.querySelectorAll("[data-language]")) one.ariaPressed = String(one.dataset.language === chosen);
}

function remembered() {
  try {
    const found = localStorage.getItem("language");
    return languages.includes(found) ? found : null;
  } catch { // storage is off
    return null;
  }
}

for (const one of document.querySelectorAll("[data-language]")) one.onclick = () => {
  speak(one.dataset.language);
  try {
    localStorage.setItem("language", one.dataset.language);
  } catch { /* storage is off: until the next page */ }
};
speak(language);
