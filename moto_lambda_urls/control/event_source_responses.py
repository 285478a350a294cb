"""API handlers for event source mappings."""

from __future__ import annotations

from typing import Any

from .wire import ApiResponse, operation, page_body


class EventSourceResponses(ApiResponse):
    """The operations on event source mappings."""

    @operation
    def create_event_source_mapping(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.create_event_source_mapping(parameters).describe()

    @operation
    def get_event_source_mapping(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.get_event_source_mapping(parameters["UUID"])

    @operation
    def list_event_source_mappings(self, parameters: dict[str, Any]) -> dict[str, Any]:
        mappings, next_marker = self.backend.event_source_mappings_page(
            source_arn=parameters.get("EventSourceArn"),
            function_name=parameters.get("FunctionName"),
            marker=parameters.get("Marker"),
            max_items=parameters.get("MaxItems"),
        )
        return page_body("EventSourceMappings", mappings, next_marker)

    @operation
    def update_event_source_mapping(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.update_event_source_mapping(parameters["UUID"], parameters).describe()

    @operation
    def delete_event_source_mapping(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.delete_event_source_mapping(parameters["UUID"])
