"""The operations on published versions."""

from __future__ import annotations

from ..exceptions import InvalidParameterValueException
from ..functions.deployed import DeployedFunction
from ..functions.details import Progress
from ..in_moto import add_version, published_versions_of
from .lookup import FunctionLookup
from .pages import page


class VersionOperations(FunctionLookup):
    """The published versions of one account and region."""

    def publish_version(
        self,
        function_name: str,
        description: str | None = None,
        *,
        code_sha_256: str | None = None,
        revision_id: str | None = None,
    ) -> DeployedFunction:
        """Publish ``$LATEST`` as a new version; returns the last version when nothing has changed since.

        :raises ResourceNotFoundException: the function is missing.
        :raises PreconditionFailedException, InvalidParameterValueException: ``$LATEST`` has another revision id, or
            other code, than is expected.
        :raises ResourceConflictException: it is changing.
        """
        with self.changing:
            function = self._latest_of(function_name, "PublishVersion")
            function.check_revision(revision_id)
            if code_sha_256 and code_sha_256 != function.code_sha_256:
                raise InvalidParameterValueException(
                    f"CodeSHA256 ({code_sha_256}) is different from current CodeSHA256 in $LATEST "
                    f"({function.code_sha_256}). Please try again with the CodeSHA256 in $LATEST."
                )
            function.check_settled()
            return self._publish(function, description or None, progress=None)

    def versions_page(
        self, function_name: str, *, marker: str | None = None, max_items: int | None = None
    ) -> tuple[list[DeployedFunction], str | None]:
        """``$LATEST`` and the versions of a function: a page of at most ``max_items`` after ``marker``; the next
        marker.

        :raises ResourceNotFoundException: the function is missing.
        """
        function = self._latest_of(function_name, "ListVersionsByFunction")
        versions = map(DeployedFunction.adopt, self.versions_of(function.function_name))
        return page(versions, lambda version: (version.number,), marker=marker, max_items=max_items)

    def _publish(
        self, function: DeployedFunction, description: str | None = None, *, progress: Progress | None = "creating"
    ) -> DeployedFunction:
        versions = [DeployedFunction.adopt(each) for each in published_versions_of(self, function.function_name)]
        if versions and versions[-1].details.published_from == function.fingerprint():
            return versions[-1]
        # A number is not given twice, not even after the version was deleted.
        last = max([function.details.versions, *(version.number for version in versions)])
        version = function.published(last + 1, description, progress=progress)
        add_version(self, version)
        return version
