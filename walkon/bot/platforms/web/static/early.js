// Runs before the first paint, so that neither theme nor language flickers.
(function () {
  var root = document.documentElement;
  var kept = function (key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  var theme = kept("walkon.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  var language = kept("walkon.language") || navigator.language || "en";
  if ("chooseLanguage" in root.dataset) root.lang = language.toLowerCase().startsWith("fr") ? "fr" : "en";
})();
