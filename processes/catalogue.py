"""Read the catalogue of a pack: items, materials with their other names, and which item asks for which material."""

from __future__ import annotations

from collections.abc import Mapping

from engine.expressions import ExpressionInvalid, compile_expression
from processes.findings import Finding
from processes.reading import Files, Row, read_rows
from processes.release import Condition, Item, Material

NECESSITIES = ("required", "deferrable", "conditional")
SOURCES = ("applicant", "result", "on_file")
ITEMS = ("code", "name", "function", "limit", "licensing", "pledge")
MATERIALS = ("code", "name", "necessity", "condition", "when", "source", "result_of")
ALIASES = ("name", "material")
ITEM_MATERIALS = ("item", "name")


def read_items(files: Files, departments: Mapping[str, str], findings: list[Finding]) -> dict[str, Item]:
    """The items by code; ``departments`` are the codes of the organisations by their function."""
    items: dict[str, Item] = {}
    for row in read_rows(files, "items.csv", ITEMS, findings):
        code, function = row.text("code"), row.text("function")
        if code in items:
            row.fault(f"事项 {code} 出现了两次", "请删去一行，或换一个编号")
        if function and function not in departments:
            row.fault(
                f"事项 {code} 的职能 {function} 没有部门承担", "请在 organisations.toml 给一个部门写上这项 function"
            )
        items[code] = Item(
            code=code,
            name=row.text("name"),
            department=departments.get(function, ""),
            limit=row.limit_or_none("limit"),
            licensing=row.flag("licensing"),
            pledge=row.flag("pledge"),
        )
        check_timed(row, items[code], items[code].limit)
    return items


def check_timed(row: Row, item: Item, limit: str | None) -> None:
    """A licence has a limit by law (行政许可法)."""
    if item.licensing and limit is None:
        row.fault(f"事项 {item.code} 是行政许可，不能没有时限", "请填写时限，例如 5WD", "limit")


def read_condition(row: Row, facts: frozenset[str]) -> Condition | None:
    """The condition of a row from its columns ``condition`` and ``when``; ``facts`` are the names ``when`` may use."""
    text, when = row.maybe("condition"), row.maybe("when")
    if text is None:
        if when is not None:
            row.fault("有 when 而没有 condition", "请在 condition 里用文字写明这个条件")
        return None
    if when is None:
        return Condition(text)
    try:
        expression = compile_expression(when)
    except ExpressionInvalid as error:
        row.fault(f"条件写法不对：{error}", "请改正 when 的表达式，或留空由人判断")
        return Condition(text)
    strangers = sorted(expression.names - facts)
    if strangers:
        row.fault(f"条件用到了没有的项目事实 {'、'.join(strangers)}", f"可用：{'、'.join(sorted(facts))}")
    return Condition(text, expression)


def read_materials(
    files: Files, items: Mapping[str, Item], facts: frozenset[str], findings: list[Finding]
) -> dict[str, Material]:
    """The materials by code."""
    materials: dict[str, Material] = {}
    names: dict[str, str] = {}
    for row in read_rows(files, "materials.csv", MATERIALS, findings):
        material = _material(row, items, facts)
        if material.code in materials:
            row.fault(f"材料 {material.code} 出现了两次", "请删去一行，或换一个编号")
        elif names.setdefault(material.name, material.code) != material.code:
            row.fault(f"材料 {material.code} 与 {names[material.name]} 同名", "同一份材料只留一个编号")
        materials[material.code] = material
    return materials


def _material(row: Row, items: Mapping[str, Item], facts: frozenset[str]) -> Material:
    material = Material(
        code=row.text("code"),
        name=row.text("name"),
        necessity=row.choice("necessity", NECESSITIES),
        condition=read_condition(row, facts),
        source=row.choice("source", SOURCES),
        result_of=row.words("result_of"),
    )
    if (material.necessity == "conditional") != (material.condition is not None):
        row.fault(
            f"材料 {material.code} 的 necessity 与 condition 不一致",
            "conditional 要写明条件；required、deferrable 不写条件",
        )
    if (material.source == "result") != bool(material.result_of):
        row.fault(
            f"材料 {material.code} 的 source 与 result_of 不一致",
            "result 写明是哪些事项的结果，其他来源不写 result_of",
        )
    for code in material.result_of:
        if code not in items:
            row.fault(f"材料 {material.code} 是事项 {code} 的结果，但没有这个事项", "请改为 items.csv 里的事项编号")
    return material


def read_item_materials(
    files: Files, items: Mapping[str, Item], materials: Mapping[str, Material], findings: list[Finding]
) -> dict[str, tuple[Material, ...]]:
    """The materials that each item asks for, each once; a name stands for the material or materials that it means."""
    meant = _names(files, materials, findings)
    lists: dict[str, dict[str, Material]] = {code: {} for code in items}
    seen: set[tuple[str, str]] = set()
    for row in read_rows(files, "item_materials.csv", ITEM_MATERIALS, findings):
        item, name = row.text("item"), row.text("name")
        if item and item not in lists:
            row.fault(f"没有事项 {item}", "请改为 items.csv 里的事项编号")
        if name and name not in meant:
            row.fault(f"没有材料“{name}”", "请在 materials.csv 登记，或在 material_aliases.csv 注明它是哪份材料")
        if (item, name) in seen:
            row.fault(f"事项 {item} 的材料“{name}”出现了两次", "请删去一行")
        seen.add((item, name))
        for code in meant.get(name, ()):
            lists.get(item, {})[code] = materials[code]
    return {item: tuple(asked.values()) for item, asked in lists.items()}


def _names(files: Files, materials: Mapping[str, Material], findings: list[Finding]) -> dict[str, list[str]]:
    own = {material.name: [material.code] for material in materials.values()}
    others: dict[str, list[str]] = {}
    for row in read_rows(files, "material_aliases.csv", ALIASES, findings):
        name, code = row.text("name"), row.text("material")
        if name in own:
            row.fault(f"“{name}”已经是材料 {own[name][0]} 的名称", "请删去这一行，或改那份材料的名称")
        elif code not in materials:
            others.setdefault(name, [])  # named all the same: who asks for it is not at fault
            row.fault(f"没有材料 {code}", "请改为 materials.csv 里的材料编号")
        elif code in others.setdefault(name, []):
            row.fault(f"“{name}”与 {code} 的对应写了两次", "请删去一行")
        else:
            others[name].append(code)
    return own | others
