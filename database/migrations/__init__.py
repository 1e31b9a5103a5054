"""The history of the schema, one named file a step."""
