// The theme that somebody chose in the console, on a page without the console's scripts.
const chosen = (localStorage.getItem("adminTheme") ?? "").replaceAll('"', "");
const isDark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.classList.toggle("dark", isDark);
