"""Property names of Pulumi and Terraform, one `Shape` for each object level.

Terraform's schema gives one side, the SDK's types the other. A name is matched as camel case, in
plural for lists and sets, in singular, and ignoring case; the remaining names on both sides
match if one is the suffix of the other (`alarm_name` is `name`). A list or set whose SDK
type is not a sequence was flattened by Pulumi (Terraform's MaxItems 1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from landfall.sandbox.provider.catalog.schema import Block, CtyType
from landfall.sandbox.provider.catalog.sdk import PropertyTypes, fields_of, kind_of
from landfall.sandbox.provider.catalog.tokens import snake_case

# (Terraform type and path of blocks, attribute) -> Pulumi property, if no rule matches and the
# schema has no attribute of that name: provider 6 has `bucket_region` and `region`.
RENAMES: Final[dict[tuple[str, str], str]] = {
    ("aws_api_gateway_base_path_mapping", "api_id"): "restApi",
    ("aws_cloudformation_stack_set_instance", "region"): "stackSetInstanceRegion",
    ("aws_config_aggregate_authorization", "region"): "authorizedAwsRegion",
    ("aws_glue_catalog_table", "partition_index"): "partitionIndices",
    ("aws_iot_topic_rule", "kinesis"): "kineses",
    ("aws_lambda_function", "filename"): "code",
    ("aws_lambda_layer_version", "filename"): "code",
    ("aws_s3_bucket", "region"): "bucketRegion",
    ("aws_servicequotas_template", "region"): "awsRegion",
    ("data.aws_s3_bucket", "region"): "bucketRegion",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One property: `terraform` and `pulumi` name, `kind` (scalar, list, set, map, object).

    `flat`: Pulumi has the element itself, Terraform a list or set of at most one.
    `fields` is the shape of the object, or of each element.
    """

    terraform: str
    pulumi: str
    kind: str
    flat: bool = False
    fields: Shape | None = None


class Shape:
    """The fields of one object level, found by either name."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self.by_terraform = {field.terraform: field for field in fields}
        self.by_pulumi = {field.pulumi: field for field in self.by_terraform.values()}

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Field]]:
        """Yield every field below, with its dotted Pulumi path."""
        for name, field in self.by_pulumi.items():
            yield prefix + name, field
            if field.fields is not None:
                yield from field.fields.walk(f"{prefix}{name}.")


@dataclass(frozen=True, slots=True)
class _Item:
    """One attribute or block without a Pulumi name yet."""

    name: str
    kind: str
    single: bool
    shape: Callable[[PropertyTypes | None, str], Shape | None]


def shape_of(block: Block, sdk: PropertyTypes | None, where: str) -> Shape:
    """Match a block's attributes and blocks with the SDK's properties.

    `where` is the Terraform type and the blocks that lead here, joined by dots. Without `sdk` the
    names follow only the rules.
    """
    items = [_attribute_item(name, a.type) for name, a in block.attributes.items()]
    for name, nested in block.blocks.items():
        if name == "timeouts" and "timeouts" not in (sdk or {}):
            continue  # Mostly Pulumi has customTimeouts instead, an option of the resource.
        kind = "object" if nested.nesting in ("single", "group") else nested.nesting
        items.append(_Item(name, kind, nested.max_items == 1, _block_shape(nested.block)))
    return _match(items, sdk, where)


def _block_shape(block: Block) -> Callable[[PropertyTypes | None, str], Shape]:
    return lambda sdk, where: shape_of(block, sdk, where)


def _attribute_item(name: str, cty: CtyType) -> _Item:
    kind = cty[0] if isinstance(cty, list) else "scalar"
    return _Item(name, kind, False, lambda sdk, where: _type_shape(cty, sdk, where))


def _type_shape(cty: CtyType, sdk: PropertyTypes | None, where: str) -> Shape | None:
    while isinstance(cty, list) and cty[0] in ("list", "set", "map"):
        cty = cty[1]
    if not isinstance(cty, list) or cty[0] != "object":
        return None
    return _match([_attribute_item(name, of) for name, of in sorted(cty[1].items())], sdk, where)


def _match(items: list[_Item], sdk: PropertyTypes | None, where: str) -> Shape:
    if sdk is None:
        return Shape(_field(item, _guess(item), None, where) for item in items)
    free = dict(sdk)
    names: dict[str, str] = {}
    there = frozenset(item.name for item in items)
    for rule in (_by_table(where, there), _by_rule(0), _by_rule(1), _by_rule(2), _without_case):
        for item in items:
            if item.name not in names:
                name = rule(item, free)
                if name is not None:
                    names[item.name] = name
                    del free[name]
    for item in items:
        if item.name not in names and item.name != "id":
            renamed = [name for name in free if _is_rename(item.name, name)]
            if len(renamed) == 1:
                names[item.name] = renamed[0]
                del free[renamed[0]]
    return Shape(
        _field(item, names[item.name], sdk[names[item.name]], where)
        for item in items
        if item.name in names
    )


def _by_table(where: str, there: frozenset[str]) -> Callable[[_Item, PropertyTypes], str | None]:
    def rule(item: _Item, free: PropertyTypes) -> str | None:
        name = RENAMES.get((where, item.name))
        return name if name in free and snake_case(name) not in there else None

    return rule


def _by_rule(place: int) -> Callable[[_Item, PropertyTypes], str | None]:
    def rule(item: _Item, free: PropertyTypes) -> str | None:
        name = _candidates(item)[place]
        return name if name in free and _fits(item, free[name]) else None

    return rule


def _without_case(item: _Item, free: PropertyTypes) -> str | None:
    wanted = {name.lower() for name in _candidates(item)}
    return next((name for name in free if name.lower() in wanted and _fits(item, free[name])), None)


def _candidates(item: _Item) -> tuple[str, str, str]:
    name = camel_case(item.name)
    if item.kind in ("list", "set") and not item.single:
        return plural(name), name, singular(name)
    return name, singular(name), plural(name)


def _guess(item: _Item) -> str:
    return _candidates(item)[0]


def _fits(item: _Item, annotation: Any) -> bool:
    """Return whether Terraform's kind can be this SDK type; a single block may be either."""
    sdk = kind_of(annotation).kind
    if item.kind == "scalar":
        return sdk != "sequence"
    if item.kind in ("list", "set"):
        return True
    return sdk != "sequence"


def _is_rename(terraform: str, pulumi: str) -> bool:
    name = snake_case(pulumi)
    return (
        name != "id"
        and terraform != name
        and (
            terraform.endswith(f"_{name}")
            or name.endswith(f"_{terraform}")
            or terraform in (f"{name}_arn", f"{name}_name", f"{name}_id")
        )
    )


def _field(item: _Item, name: str, annotation: Any, where: str) -> Field:
    flat = False
    if item.kind in ("list", "set"):
        flat = item.single if annotation is None else kind_of(annotation).kind != "sequence"
    sdk = None if annotation is None else fields_of(annotation)
    return Field(item.name, name, item.kind, flat, item.shape(sdk, f"{where}.{item.name}"))


def camel_case(name: str) -> str:
    """`parent_id` -> `parentId`."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def plural(name: str) -> str:
    """The plural in Pulumi's generator: `policies`, `addresses`, `rules`."""
    if re.search(r"(s|x|z|ch|sh)$", name):
        return f"{name}es"
    if re.search(r"[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    return f"{name}s"


def singular(name: str) -> str:
    """The singular in Pulumi's generator, the inverse of `plural`."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    if re.search(r"(s|x|z|ch|sh)es$", name):
        return name[:-2]
    return name.removesuffix("s")
