"""The operations on tags, of functions; those of event source mappings are moto's."""

from __future__ import annotations

from collections.abc import Mapping

from ..exceptions import NoTags, TagsOfVersion
from ..functions.checks import check_tags
from ..functions.deployed import DeployedFunction
from .lookup import FunctionLookup


class TagOperations(FunctionLookup):
    """The tags of one account and region."""

    def list_tags(self, resource_arn: str) -> dict[str, str]:
        """The tags of a function, an event source mapping too.

        :raises FunctionNotFound: the function is missing.
        """
        if _is_mapping(resource_arn):
            return super().list_tags(resource_arn)
        return dict(self._tagged(resource_arn, "ListTags").tags)

    def tag_resource(self, resource_arn: str, tags: dict[str, str]) -> None:
        """Add ``tags`` to a function, over those of the same name.

        :raises NoTags, TagsOfVersion, TooManyTags: AWS does not take them.
        :raises FunctionNotFound: the function is missing.
        """
        if not tags:
            raise NoTags
        if _is_mapping(resource_arn):
            super().tag_resource(resource_arn, tags)
            return
        function = self._tagged(resource_arn, "TagResource")
        self._put_tags(function, {**function.tags, **tags})

    def untag_resource(self, resource_arn: str, tag_keys: list[str]) -> None:
        """Take the tags ``tag_keys`` from a function, as far as they are there.

        :raises TagsOfVersion: the resource is a version or an alias.
        :raises FunctionNotFound: the function is missing.
        """
        if _is_mapping(resource_arn):
            super().untag_resource(resource_arn, tag_keys)
            return
        function = self._tagged(resource_arn, "UntagResource")
        self._put_tags(function, {key: value for key, value in function.tags.items() if key not in tag_keys})

    def _tagged(self, resource_arn: str, action: str) -> DeployedFunction:
        name, qualifier = self._resolve(resource_arn, None, action)
        if qualifier is not None:
            raise TagsOfVersion
        return self.latest(name)

    def _put_tags(self, function: DeployedFunction, tags: Mapping[str, str]) -> None:
        check_tags(tags)
        function.tags = dict(tags)
        function.renew_revision()


def _is_mapping(arn: str) -> bool:
    return ":event-source-mapping:" in arn
