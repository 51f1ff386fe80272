// Starts the page on the API: the policy of this server lets no script stand in a page.
document.documentElement.classList.toggle("dark-mode", matchMedia("(prefers-color-scheme: dark)").matches);
const isApi = (operation) => Number(operation.get("path").startsWith("/v1/"));
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  operationsSorter: (one, other) => isApi(other) - isApi(one),
  validatorUrl: null, // nothing is asked of other machines
});
