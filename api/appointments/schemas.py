"""What clients send to and get of appointments and posts."""

from __future__ import annotations

from marshmallow import fields

from accounts.roles import ROLES
from api.fields import Choice, Identifier, Input, Moment, Output, Part, Truth, shown
from api.pagination import PageQuery, page_of


class AppointmentInput(Input):
    """A post for a person."""

    user_id = Identifier(required=True, metadata={"description": "用户。"})
    organisation_id = Identifier(required=True, metadata={"description": "岗位所在机构。"})
    role = Choice(*ROLES, required=True, metadata={"description": "角色。"})
    valid_from = Moment(metadata={"description": "从何时起；不写为现在。"})
    valid_until = Moment(metadata={"description": "到何时止；不写为长期。"})


class AppointmentQuery(PageQuery):
    """Which appointments to list."""

    user_id = Identifier(metadata={"description": "用户。"})
    organisation_id = Identifier(metadata={"description": "机构。"})
    role = Choice(*ROLES, metadata={"description": "角色。"})
    current = Truth(metadata={"description": "true 只看此刻有效的。"})


class AppointmentAnswer(Output):
    """A person in a post."""

    id = shown(fields.UUID, "编号。")
    user_id = shown(fields.UUID, "用户。")
    organisation_id = shown(fields.UUID, "机构。")
    role = shown(fields.String, "角色。")
    valid_from = shown(Moment, "从何时起。")
    valid_until = shown(Moment, "到何时止。", empty=True)


class VacantPostAnswer(Output):
    """A post that was held and that nobody holds now."""

    organisation_id = shown(fields.UUID, "机构。")
    role = shown(fields.String, "角色。")
    role_title = shown(fields.String, "角色名称。")


class VacantPostsAnswer(Output):
    """The vacant posts in the person's reach."""

    entries = fields.List(Part(VacantPostAnswer), required=True)


AppointmentPage = page_of(AppointmentAnswer)
