"""Forms: a declared subset of the form-js JSON schema, and the validation of what people filled in."""

from forms.definition import Field, FormDefinition, FormDefinitionInvalid, load
from forms.validation import validate

__all__ = ["Field", "FormDefinition", "FormDefinitionInvalid", "load", "validate"]
