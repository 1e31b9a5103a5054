// Shows the OpenAPI document; adds the session's CSRF token to what "Try it out" sends.
let csrfToken = null;

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (csrfToken) request.headers["X-CSRF-Token"] = csrfToken;
    return request;
  },
  responseInterceptor: (response) => {
    if (response.body && response.body.csrf_token) csrfToken = response.body.csrf_token;
    return response;
  },
});
