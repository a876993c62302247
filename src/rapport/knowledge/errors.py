"""What the knowledge base refuses."""

from rapport.kernel.errors import Conflict, NotFound, Unprocessable


class CollectionNotFound(NotFound):
    """No such collection in this workspace."""


class ArticleNotFound(NotFound):
    """No such article in this workspace."""


class ArticleVersionNotFound(NotFound):
    """The article has no such version."""


class HelpCentreNotFound(NotFound):
    """There is no help centre at this address."""


class SlugTaken(Conflict):
    """Another one already has this slug; choose a different one."""


class ArticleChangedMeanwhile(Conflict):
    """Somebody saved the article since you opened it; reload it and apply your change again."""


class CollectionInUse(Conflict):
    """The collection still holds articles or collections; move or delete them first."""


class CollectionNested(Unprocessable):
    """A collection cannot lie inside itself."""


class ArticleEmpty(Unprocessable):
    """An article needs a text before it can be published."""


class ModelChanged(Conflict):
    """The embedding model makes vectors of another length than before under the same name."""


class HelpPageNotFound(NotFound):
    """There is no page at this address of the help centre."""
