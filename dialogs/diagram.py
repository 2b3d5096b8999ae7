"""A programme drawn from itself, as Mermaid."""

from dialogs.conditions import All, Among, Any, Condition, Not
from dialogs.programme import Programme, Step


def mermaid(programme: Programme) -> str:
    """A flow chart: each step in order, conditional ones entered by their condition and passed by otherwise."""
    lines = ["flowchart TD", f"  begin([{_quoted(programme.name)}])"]
    before = ["begin"]
    for step in programme.asked:
        lines.append(f"  {step.id}{_box(step)}")
        conditional = step.condition != All()
        arrow = f" -->|{_quoted(told(step.condition))}| " if conditional else " --> "
        lines += [f"  {node}{arrow}{step.id}" for node in before]
        before = [*before, step.id] if conditional else [step.id]
    lines.append(f"  summary[{_quoted('核对，提交')}]")
    lines += [f"  {node} --> summary" for node in before]
    if programme.system_fields:
        labels = "、".join(step.label for step in programme.system_fields)
        lines.append(f"  agency[/{_quoted('系统自动提取：' + labels)}/]")
        lines.append("  agency -.-> summary")
    return "\n".join(lines)


def _box(step: Step) -> str:
    label = _quoted(step.label + ("" if step.required else "（可跳过）"))
    match step.kind:
        case "consent":
            return f"{{{label}}}"
        case "photo":
            return f"[/{label}/]"
        case _:
            return f"[{label}]"


def told(condition: Condition) -> str:
    """A condition in words."""
    match condition:
        case Among(step, values):
            return f"{step} = {' / '.join(value or '跳过' for value in values)}"
        case All(parts):
            return " 且 ".join(told(part) for part in parts)
        case Any(parts):
            return " 或 ".join(told(part) for part in parts)
        case Not(part):
            return f"不是（{told(part)}）"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'
