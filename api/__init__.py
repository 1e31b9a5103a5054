"""HTTP: the Flask app, one folder a resource, problem documents and the OpenAPI document."""
