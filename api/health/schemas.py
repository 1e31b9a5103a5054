"""What the two health operations answer."""

from __future__ import annotations

from marshmallow import fields, validate

from api.fields import Output, Part


class HealthAnswer(Output):
    """The process answers."""

    status = fields.String(required=True, validate=validate.OneOf(["ok"]))


class CheckAnswer(Output):
    """One thing that must stand before the platform can work."""

    name = fields.String(
        required=True, metadata={"enum": ["database", "redis", "release", "worker", "scan", "due", "audit"]}
    )
    ready = fields.Boolean(required=True)
    message = fields.String(required=True, metadata={"description": "现状；不就绪时说明怎样处理。"})


class ReadinessAnswer(Output):
    """Every check, and whether all hold."""

    ready = fields.Boolean(required=True)
    checks = fields.List(Part(CheckAnswer), required=True)
