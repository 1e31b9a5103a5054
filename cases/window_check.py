"""What a window clerk checked against the paper application must be what the project is registered with."""

from __future__ import annotations

from collections.abc import Mapping

from cases.models.projects import Project
from errors import Conflict, Invalid

COMPARED = {"name": "项目名称", "credit_code": "申报单位的统一社会信用代码"}


def check_at_window(project: Project, channel: str, checked: Mapping[str, str] | None, *, required: bool) -> None:
    """Compare ``checked``, the fields of ``COMPARED`` as the application has them, with the registered project.

    ``required`` is whether the region has every window do so. The refusal names what differs, never the registered
    values. Raises ``Invalid`` (not checked though required, or checked where nobody stands at a window) and
    ``Conflict``.
    """
    if checked is None:
        if required and channel == "window":
            message = "窗口申报要先核对：请按项目代码调取项目信息，再填写申报材料上的项目名称和统一社会信用代码。"
            raise Invalid("project_unchecked", message, field="checked")
        return
    if channel != "window":
        raise Invalid("checked_at_window", "只有窗口申报由窗口人员核对，网上申报请不要填写核对内容。", field="checked")
    given = {"name": checked["name"].strip(), "credit_code": checked["credit_code"].strip().upper()}
    differing = [name for name in COMPARED if given[name] != getattr(project, name)]
    if differing:
        words = "、".join(COMPARED[name] for name in differing)
        message = f"申报材料上的{words}与系统内登记的不一致，没有录入；请按项目代码调取项目，核对一致后再办。"
        errors = [{"field": f"checked.{name}", "message": f"{COMPARED[name]}与登记的不一致。"} for name in differing]
        raise Conflict("project_differs", message, details={"errors": errors})
