"""What uploads and links may be refused for."""

from rapport.kernel.errors import Forbidden, Malformed, NotFound, TooLarge, Unprocessable


class FileNotFound(NotFound):
    """There is no such file here."""


class FileTooLarge(TooLarge):
    """The file is larger than is accepted here."""


class FileKindForbidden(Unprocessable):
    """Files of this kind are not accepted."""


class ImageUnreadable(Unprocessable):
    """The image is damaged, or has more pixels than is accepted."""


class UploadMalformed(Malformed):
    """The upload is not a form with exactly one file in it."""


class LinkRefused(Forbidden):
    """This link has expired or was altered; open the conversation again for a new one."""
