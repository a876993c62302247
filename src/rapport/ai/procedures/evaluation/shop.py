"""A foreign shop over its own records: what its tools do, and what they change.

Form of the records (`db.json`): `users`, `orders` and `products` by id; see `benchmarks/tau2`.
Whether a call may be done is not asked here but by the guards; a tool only fails where it cannot.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final

from rapport.ai.procedures.language.reckoning import evaluate
from rapport.kernel.folding import fold

Record = dict[str, Any]
_ADDRESS: Final = ("address1", "address2", "city", "country", "state", "zip")


class Impossible(ValueError):
    """A tool was called for something that is not there."""


class Shop:
    """The records of a shop, changed by its tools; those it was made of stay as they are."""

    def __init__(self, records: Mapping[str, Mapping[str, Record]]) -> None:
        self._begun = records
        self.world: dict[str, dict[str, Record]] = {
            name: dict(things) for name, things in records.items()
        }

    def call(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Do what a tool does; the record that it is about, or what was looked up.

        Raises:
            Impossible: it cannot be done, or there is no such tool.
        """
        tool = _TOOLS.get(name)
        if tool is None:
            raise Impossible(f"There is no tool called {name}.")
        return tool(self, **arguments)

    def changes(self) -> dict[str, dict[str, Record]]:
        """What differs from the beginning: by kind and id, the fields with their values now."""
        found = dict[str, dict[str, Record]]()
        for kind, things in self.world.items():
            for id_, thing in things.items():
                before = self._begun[kind].get(id_, {})
                if thing is before:
                    continue
                fields = {f: v for f, v in thing.items() if f not in before or before[f] != v}
                if fields:
                    found.setdefault(kind, {})[id_] = fields
        return found

    def read(self, kind: str, id_: str) -> Record:
        """A record.

        Raises:
            Impossible: there is none of this id.
        """
        try:
            return self.world[kind][id_]
        except KeyError:
            raise Impossible(f"There is no {id_} among the {kind}.") from None

    def change(self, kind: str, id_: str) -> Record:
        """A record that may be changed.

        Raises:
            Impossible: there is none of this id.
        """
        mine = copy.deepcopy(self.read(kind, id_))
        self.world[kind][id_] = mine
        return mine


def _find_by_email(shop: Shop, email: str) -> Record:
    for user in shop.world["users"].values():
        if fold(user["email"]) == fold(email):
            return {"user_id": user["user_id"]}
    raise Impossible("There is no account with this address.")


def _find_by_name(shop: Shop, first_name: str, last_name: str, zip: str) -> Record:  # noqa: A002
    wanted = (fold(first_name), fold(last_name), zip)
    for user in shop.world["users"].values():
        name = user["name"]
        has = (fold(name["first_name"]), fold(name["last_name"]), user["address"]["zip"])
        if has == wanted:
            return {"user_id": user["user_id"]}
    raise Impossible("There is no account with this name and postal code.")


def _item(shop: Shop, item_id: str) -> Record:
    for product in shop.world["products"].values():
        if item_id in product["variants"]:
            return dict(product["variants"][item_id])
    raise Impossible(f"There is no item {item_id}.")


def _variant(shop: Shop, line: Record, item_id: str) -> Record:
    variants = shop.read("products", line["product_id"])["variants"]
    if item_id not in variants:
        raise Impossible(f"{item_id} is no variant of {line['name']}.")
    return dict(variants[item_id])


def _line(order: Record, item_id: str) -> Record:
    for line in order["items"]:
        if line["item_id"] == item_id:
            return dict(line)
    raise Impossible(f"{item_id} is not in this order.")


def _pay(shop: Shop, user_id: str, method_id: str, amount: float) -> None:
    """Take an amount from a method, or give it back where it is negative; cards keep no balance."""
    methods = shop.read("users", user_id)["payment_methods"]
    if method_id not in methods:
        raise Impossible(f"There is no payment method {method_id}.")
    if methods[method_id]["source"] == "gift_card":
        method = shop.change("users", user_id)["payment_methods"][method_id]
        method["balance"] = round(method["balance"] - amount, 2)


def _cancel(shop: Shop, order_id: str, reason: str) -> Record:
    order = shop.change("orders", order_id)
    refunds = []
    for paid in order["payment_history"]:
        refunds.append({**paid, "transaction_type": "refund"})
        _pay(shop, order["user_id"], paid["payment_method_id"], -paid["amount"])
    order["status"], order["cancel_reason"] = "cancelled", reason
    order["payment_history"] = order["payment_history"] + refunds
    return order


def _address_of_order(shop: Shop, order_id: str, **address: str) -> Record:
    order = shop.change("orders", order_id)
    order["address"] = {part: address[part] for part in _ADDRESS}
    return order


def _address_of_user(shop: Shop, user_id: str, **address: str) -> Record:
    user = shop.change("users", user_id)
    user["address"] = {part: address[part] for part in _ADDRESS}
    return user


def _payment(shop: Shop, order_id: str, payment_method_id: str) -> Record:
    order = shop.change("orders", order_id)
    paid = order["payment_history"][0]
    _pay(shop, order["user_id"], payment_method_id, paid["amount"])
    _pay(shop, order["user_id"], paid["payment_method_id"], -paid["amount"])
    order["payment_history"] += [
        {
            "transaction_type": "payment",
            "amount": paid["amount"],
            "payment_method_id": payment_method_id,
        },
        {**paid, "transaction_type": "refund"},
    ]
    return order


def _items(
    shop: Shop, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
) -> Record:
    order = shop.change("orders", order_id)
    difference = 0.0
    for old, new in zip(item_ids, new_item_ids, strict=True):
        line = next((it for it in order["items"] if it["item_id"] == old), None)
        if line is None:
            raise Impossible(f"{old} is not in this order.")
        variant = _variant(shop, line, new)
        difference += variant["price"] - line["price"]
        line |= {"item_id": new, "price": variant["price"], "options": variant["options"]}
    _pay(shop, order["user_id"], payment_method_id, difference)
    order["payment_history"].append(
        {
            "transaction_type": "payment" if difference > 0 else "refund",
            "amount": abs(difference),
            "payment_method_id": payment_method_id,
        }
    )
    order["status"] = "pending (item modified)"
    return order


def _exchange(
    shop: Shop, order_id: str, item_ids: list[str], new_item_ids: list[str], payment_method_id: str
) -> Record:
    order = shop.change("orders", order_id)
    difference = 0.0
    for old, new in zip(item_ids, new_item_ids, strict=True):
        line = _line(order, old)
        difference += _variant(shop, line, new)["price"] - line["price"]
    order |= {
        "status": "exchange requested",
        "exchange_items": sorted(item_ids),
        "exchange_new_items": sorted(new_item_ids),
        "exchange_payment_method_id": payment_method_id,
        "exchange_price_difference": round(difference, 2),
    }
    return order


def _return(shop: Shop, order_id: str, item_ids: list[str], payment_method_id: str) -> Record:
    order = shop.change("orders", order_id)
    for item_id in item_ids:
        _line(order, item_id)
    order |= {
        "status": "return requested",
        "return_items": sorted(item_ids),
        "return_payment_method_id": payment_method_id,
    }
    return order


_TOOLS: Final[Mapping[str, Callable[..., Any]]] = {
    "find_user_id_by_email": _find_by_email,
    "find_user_id_by_name_zip": _find_by_name,
    "get_user_details": lambda shop, user_id: shop.read("users", user_id),
    "get_order_details": lambda shop, order_id: shop.read("orders", order_id),
    "get_product_details": lambda shop, product_id: shop.read("products", product_id),
    "get_item_details": _item,
    "list_all_product_types": lambda shop: {
        product["name"]: id_ for id_, product in shop.world["products"].items()
    },
    "calculate": lambda shop, expression: evaluate(expression, {}),
    "transfer_to_human_agents": lambda shop, summary: {"summary": summary},
    "cancel_pending_order": _cancel,
    "modify_pending_order_address": _address_of_order,
    "modify_pending_order_payment": _payment,
    "modify_pending_order_items": _items,
    "exchange_delivered_order_items": _exchange,
    "return_delivered_order_items": _return,
    "modify_user_address": _address_of_user,
}
