"""The tables of the approval domain."""

from cases.models.copies import Copy, CopyReading
from cases.models.due import DueChange, DueRow, Hold
from cases.models.instances import ProcessInstance, WorkItem
from cases.models.intake import DispatchConfirmation, StageMaterial
from cases.models.items import ItemCase, StatusEvent
from cases.models.lights import LightCount, LightEvent
from cases.models.outcomes import Delivery, LimitExtension, Promise
from cases.models.plannings import Planning, PlanningOpinion, PlanningReport
from cases.models.projects import Engineering, Project
from cases.models.reminders import Reminder
from cases.models.stages import StageCase
from cases.models.work import Heartbeat, Incident, Notice, OutboxMessage

__all__ = [
    "Copy",
    "CopyReading",
    "Delivery",
    "DispatchConfirmation",
    "DueChange",
    "DueRow",
    "Engineering",
    "Heartbeat",
    "Hold",
    "Incident",
    "ItemCase",
    "LightCount",
    "LightEvent",
    "LimitExtension",
    "Notice",
    "OutboxMessage",
    "Planning",
    "PlanningOpinion",
    "PlanningReport",
    "ProcessInstance",
    "Project",
    "Promise",
    "Reminder",
    "StageCase",
    "StageMaterial",
    "StatusEvent",
    "WorkItem",
]
