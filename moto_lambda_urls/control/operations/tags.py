"""The operations on tags."""

from __future__ import annotations

from collections.abc import Mapping

from ..exceptions import InvalidParameterValueException
from ..functions.checks import check_tags
from .code_signing import CodeSigningOperations
from .event_sources import EventSourceOperations


class TagOperations(EventSourceOperations, CodeSigningOperations):
    """The tags of functions, event source mappings and code signing configurations of one account and region."""

    def list_tags(self, resource_arn: str) -> dict[str, str]:
        """The tags of a resource.

        :raises ResourceNotFoundException: it is missing.
        :raises InvalidParameterValueException: it is a version or an alias.
        """
        return dict(self._tags(resource_arn, "ListTags"))

    def tag_resource(self, resource_arn: str, tags: dict[str, str]) -> None:
        """Add ``tags`` to a resource, over those of the same name.

        :raises InvalidParameterValueException: no tags, too many, or those of a version or alias.
        :raises ResourceNotFoundException: it is missing.
        """
        if not tags:
            raise InvalidParameterValueException("An error occurred and the request cannot be processed.")
        self._put_tags(resource_arn, {**self._tags(resource_arn, "TagResource"), **tags})

    def untag_resource(self, resource_arn: str, tag_keys: list[str]) -> None:
        """Take the tags ``tag_keys`` from a resource, as far as they are there.

        :raises InvalidParameterValueException: it is a version or an alias.
        :raises ResourceNotFoundException: it is missing.
        """
        tags = self._tags(resource_arn, "UntagResource")
        self._put_tags(resource_arn, {key: value for key, value in tags.items() if key not in tag_keys})

    def _tags(self, resource_arn: str, action: str) -> Mapping[str, str]:
        if _is_mapping(resource_arn):
            return self.tagged_mapping(resource_arn).tags
        if _is_code_signing_config(resource_arn):
            return self.get_code_signing_config(resource_arn).tags
        name, qualifier = self._resolve(resource_arn, None, action)
        if qualifier is not None:
            raise InvalidParameterValueException(
                "Tags on function aliases and versions are not supported. Please specify a function ARN."
            )
        tags: Mapping[str, str] = self.latest(name).tags
        return tags

    def _put_tags(self, resource_arn: str, tags: Mapping[str, str]) -> None:
        if _is_code_signing_config(resource_arn):
            self.put_code_signing_tags(resource_arn, tags)
            return
        check_tags(tags)
        if _is_mapping(resource_arn):
            self.tagged_mapping(resource_arn).tags = dict(tags)
            return
        function = self._latest_of(resource_arn, "TagResource")
        function.tags = dict(tags)
        function.renew_revision()


def _is_mapping(arn: str) -> bool:
    return ":event-source-mapping:" in arn


def _is_code_signing_config(arn: str) -> bool:
    return ":code-signing-config:" in arn
