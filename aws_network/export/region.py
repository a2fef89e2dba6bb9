"""The export of one region of an account."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from aws_network.export.errors import AWS_ERRORS, ExportError, code_of, in_words
from aws_network.export.folder import write
from aws_network.export.parts import MakeClient, Part


@dataclass
class Exported:
    """What was written of the required parts, and which other parts were not, by their nouns."""

    items: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    """To the error code."""

    def __str__(self) -> str:
        written = ", ".join(f"{n:,} {noun}{'s' * (n != 1)}" for noun, n in self.items.items())
        codes = dict.fromkeys(self.left_out.values())
        return "; ".join(
            [written, *(f"left out ({code}): {self._refused(code)}" for code in codes)]
        )

    def _refused(self, code: str) -> str:
        return ", ".join(f"{noun}s" for noun, why in self.left_out.items() if why == code)


def export_region(
    parts: Iterable[Part], make_client: MakeClient, folder: Path, after_each: Callable[[], None]
) -> Exported:
    """Writes the files of all parts that AWS tells.

    Raises ExportError when a required part is refused, OSError when a file cannot be written.
    """
    exported = Exported()
    for part in parts:
        try:
            documents = part.documents(make_client)
        except AWS_ERRORS as error:
            if part.is_required:
                raise ExportError(in_words(error)) from error
            exported.left_out[part.noun] = code_of(error)
        else:
            write(folder, documents)
            if part.is_required:
                exported.items[part.noun] = sum(
                    len(items) for document in documents.values() for items in document.values()
                )
        after_each()
    return exported
