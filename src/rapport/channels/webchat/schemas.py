"""Web chats as agents set them, and as widgets see them."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from rapport.conversations.schemas import VisitorConversation, VisitorMessage
from rapport.customers.schemas import Attributes
from rapport.kernel.schemas import In, Out
from rapport.kernel.urls import MAX_URL_CHARS, Origin

MAX_BODY_CHARS: Final = 10_000
MAX_CLIENT_ID_CHARS: Final = 100
MAX_ATTACHMENTS: Final = 10

Position = Literal["left", "right"]
Theme = Literal["auto", "light", "dark"]
_NO_NUL = r"^[^\x00]*$"
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_NO_NUL)
]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]
Locale = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
Body = Annotated[str, StringConstraints(max_length=MAX_BODY_CHARS, pattern=_NO_NUL)]
ClientId = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$")
]
Url = Annotated[str, StringConstraints(max_length=MAX_URL_CHARS, pattern=_NO_NUL)]
Token = Annotated[str, StringConstraints(max_length=4_096)]


class PreChatField(In):
    """One question before the first message; `name` and `email` fill the customer's own fields."""

    key: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    label: Line
    type: Literal["text", "email", "phone", "textarea"]
    required: bool


def _with_different_keys(fields: list[PreChatField]) -> list[PreChatField]:
    if len({field.key for field in fields}) < len(fields):
        raise ValueError("two fields have the same key")
    return fields


class PreChat(In):
    """What visitors are asked before their first message."""

    enabled: bool
    fields: Annotated[
        list[PreChatField], Field(max_length=10), AfterValidator(_with_different_keys)
    ]


class WebChatOut(Out):
    """A web chat's settings. `script` is what goes into the web site's pages."""

    inbox_id: UUID
    key: str
    greeting: str
    team_name: str
    color: str
    position: Position
    theme: Theme
    locale: str
    texts: dict[str, str]
    pre_chat: PreChat
    allowed_origins: list[str]
    require_identity: bool
    identity_secret_set: bool
    script: str


class WebChatPatch(In):
    """What to change about a web chat; what is left out stays."""

    greeting: Annotated[str, StringConstraints(max_length=500, pattern=_NO_NUL)] | None = None
    team_name: Line | None = None
    color: Color | None = None
    position: Position | None = None
    theme: Theme | None = None
    locale: Locale | None = None
    texts: (
        Annotated[
            dict[
                Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")],
                Annotated[str, StringConstraints(max_length=300, pattern=_NO_NUL)],
            ],
            Field(max_length=100),
        ]
        | None
    ) = None
    pre_chat: PreChat | None = None
    allowed_origins: Annotated[list[Origin], Field(max_length=50)] | None = None
    require_identity: bool | None = None


class IdentitySecretOut(Out):
    """A new identity secret, shown this once; what was signed with the old one is refused."""

    secret: str


class InboxCreate(In):
    """A new inbox."""

    name: Line
    channel: Literal["webchat"] = "webchat"


class InboxPatch(In):
    """What to change about an inbox."""

    name: Line | None = None
    is_enabled: bool | None = None


class AssistantName(Out):
    """The assistant as visitors know it."""

    name: str


class ConfigOut(Out):
    """What a widget needs before anybody speaks. Public."""

    name: str
    team_name: str
    greeting: str
    color: str
    position: Position
    theme: Theme
    locale: str
    texts: dict[str, str]
    pre_chat: PreChat
    require_identity: bool
    agents_online: bool
    assistant: AssistantName | None
    max_file_bytes: int


class SessionIn(In):
    """A browser says which chat it means, and who it was the last time."""

    key: Annotated[str, StringConstraints(max_length=100)]
    token: Token | None = None
    identity: Token | None = None
    locale: Annotated[str, StringConstraints(max_length=35)] = ""
    page_url: Url = ""


class IdentityIn(In):
    """A token (JWT, HS256) in which the web site's server says who the visitor is."""

    jwt: Token


class VisitorOut(Out):
    """The visitor, as they may know it."""

    id: UUID
    name: str
    email: str | None
    verified: bool


class SessionOut(Out):
    """A visitor's session. The token is the only key to it; keep it as a secret."""

    token: str
    visitor: VisitorOut
    conversations: list[VisitorConversation]
    cursor: str


class VisitorPatch(In):
    """What the visitor, or the page around the widget, says about them. Never proof of anything."""

    name: (
        Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_NO_NUL)]
        | None
    ) = None
    email: (
        Annotated[
            str,
            StringConstraints(
                strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$"
            ),
        ]
        | None
    ) = None
    attributes: Attributes | None = None


class FirstMessageIn(In):
    """The message that begins a conversation. The same `client_id` twice begins one."""

    client_id: ClientId
    body: Body
    attachment_ids: Annotated[list[UUID], Field(max_length=MAX_ATTACHMENTS)] = []
    page_url: Url = ""


class VisitorMessageIn(In):
    """A message. The same `client_id` twice is stored once."""

    client_id: ClientId
    body: Body
    attachment_ids: Annotated[list[UUID], Field(max_length=MAX_ATTACHMENTS)] = []


class StartedOut(Out):
    """A conversation and the message that began it."""

    conversation: VisitorConversation
    message: VisitorMessage


class SeenIn(In):
    """How far the visitor has read."""

    seq: Annotated[int, Field(ge=0, le=2**31 - 1)]


class TypingIn(In):
    """Whether the visitor is writing."""

    on: bool


DEFAULT_PRE_CHAT: Final[dict[str, Any]] = PreChat(
    enabled=False,
    fields=[
        PreChatField(key="name", label="Name", type="text", required=False),
        PreChatField(key="email", label="E-mail", type="email", required=False),
    ],
).model_dump()
