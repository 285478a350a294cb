"""Which tests show the cells of the table of event source mappings in docs/triggers.md."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "triggers.md"
FILES = {
    "api": "tests/control/operations/test_event_sources.py",
    "deliveries": "tests/control/operations/test_deliveries.py",
    "queues": "tests/control/event_sources/test_queues.py",
    "streams": "tests/control/event_sources/test_streams.py",
}

SQS, KINESIS, DYNAMODB = "SQS", "Kinesis", "DynamoDB streams"
_WINDOW = "streams::test_batching_window"
_NONE = "nothing to show"

CELLS: dict[str, dict[str, tuple[str, ...]]] = {
    "from before the mapping": {
        SQS: ("deliveries::test_sqs_messages_from_before_the_mapping",),
        KINESIS: ("deliveries::test_kinesis_starting_position", "streams::test_kinesis_at_timestamp"),
        DYNAMODB: ("deliveries::test_dynamodb_records_from_before_the_mapping", "api::test_refused"),
    },
    "a batch, up to `BatchSize`": {
        SQS: ("deliveries::test_sqs_batch_is_one_event", "deliveries::test_sqs_messages_from_before_the_mapping"),
        KINESIS: ("deliveries::test_kinesis_batches",),
        DYNAMODB: (
            "deliveries::test_dynamodb_transaction_is_one_event",
            "deliveries::test_stream_batches_position_and_retries",
        ),
    },
    "a batch's size": {
        SQS: ("queues::test_payload_of_at_most_6_mb", "queues::test_part_of_a_large_batch_that_fails"),
        KINESIS: ("streams::test_payload_of_at_most_6_mb",),
        DYNAMODB: ("streams::test_payload_of_a_table_of_at_most_6_mb",),
    },
    "`MaximumBatchingWindowInSeconds`": {
        SQS: ("queues::test_batching_window",),
        KINESIS: (_WINDOW,),
        DYNAMODB: (_WINDOW,),
    },
    "what records carry": {
        SQS: (
            "deliveries::test_sqs_record",
            "deliveries::test_sqs_message_attributes",
            "deliveries::test_sqs_fifo_attributes",
        ),
        KINESIS: ("deliveries::test_kinesis_record",),
        DYNAMODB: ("deliveries::test_dynamodb_binary_attributes",),
    },
    "`FilterCriteria`": {
        SQS: ("deliveries::test_sqs_filter",),
        KINESIS: ("deliveries::test_kinesis_filter",),
        DYNAMODB: ("deliveries::test_dynamodb_filter",),
    },
    "a body or data that is no JSON": {
        SQS: ("deliveries::test_sqs_filter",),
        KINESIS: ("deliveries::test_kinesis_filter",),
        DYNAMODB: (_NONE,),
    },
    "the function failed": {
        SQS: (
            "deliveries::test_sqs_retry_when_the_visibility_timeout_is_over",
            "queues::test_visibility_that_the_function_sets",
            "queues::test_fifo_message_made_visible_again_comes_before_its_group",
        ),
        KINESIS: ("deliveries::test_kinesis_failed_records_come_again_with_the_next",),
        DYNAMODB: ("streams::test_failed_records_come_again_with_the_next",),
    },
    "how often": {
        SQS: ("deliveries::test_sqs_dead_letter_queue", "deliveries::test_sqs_mapping_of_the_dead_letter_queue"),
        KINESIS: ("deliveries::test_kinesis_retries_that_are_counted",),
        DYNAMODB: ("deliveries::test_stream_batches_position_and_retries",),
    },
    "`BisectBatchOnFunctionError`": {
        SQS: ("api::test_settings_that_a_queue_does_not_have",),
        KINESIS: (
            "streams::test_bisection_finds_the_record_that_fails",
            "streams::test_bisection_without_a_bound_of_retries",
        ),
        DYNAMODB: ("streams::test_bisection_finds_the_record_that_fails",),
    },
    "`MaximumRecordAgeInSeconds`": {
        SQS: ("api::test_settings_that_a_queue_does_not_have",),
        KINESIS: ("streams::test_records_that_are_too_old",),
        DYNAMODB: ("streams::test_records_from_before_a_mapping_that_are_too_old",),
    },
    "what is left out": {
        SQS: ("api::test_refused",),
        KINESIS: (
            "streams::test_destination_of_what_is_left_out",
            "streams::test_bucket_gets_the_records_too",
            "streams::test_last_processing_result",
        ),
        DYNAMODB: ("streams::test_destination_of_what_is_left_out",),
    },
    "`ReportBatchItemFailures`": {
        SQS: ("deliveries::test_sqs_partial_batch_response",),
        KINESIS: ("deliveries::test_kinesis_partial_batch_response",),
        DYNAMODB: ("deliveries::test_dynamodb_partial_batch_response",),
    },
    "at once": {
        SQS: ("queues::test_maximum_concurrency",),
        KINESIS: ("streams::test_a_lane_that_fails_holds_up_no_other",),
        DYNAMODB: ("streams::test_lanes_of_a_table_are_those_of_its_keys",),
    },
    "`TumblingWindowInSeconds`": {
        SQS: ("api::test_settings_that_a_queue_does_not_have",),
        KINESIS: (
            "streams::test_tumbling_window",
            "streams::test_shards_that_change_end_their_windows",
            "streams::test_answer_without_a_state_has_failed",
        ),
        DYNAMODB: ("streams::test_tumbling_window",),
    },
    "the function is throttled": {
        SQS: ("deliveries::test_sqs_of_a_throttled_function",),
        KINESIS: ("deliveries::test_stream_of_a_throttled_function",),
        DYNAMODB: ("deliveries::test_stream_of_a_throttled_function",),
    },
    "the function is gone": {
        SQS: ("deliveries::test_sqs_of_a_function_that_is_gone",),
        KINESIS: ("deliveries::test_stream_of_a_function_that_is_gone",),
        DYNAMODB: ("deliveries::test_stream_of_a_function_that_is_gone",),
    },
    "several functions": {
        SQS: ("deliveries::test_sqs_of_two_functions",),
        KINESIS: ("deliveries::test_kinesis_of_several_functions",),
        DYNAMODB: ("deliveries::test_stream_of_two_functions",),
    },
    "`Enabled=False`, or deleted": {
        SQS: ("deliveries::test_sqs_mapping_switched_off_and_on",),
        KINESIS: ("deliveries::test_stream_mapping_that_is_off",),
        DYNAMODB: ("deliveries::test_stream_mapping_that_is_off",),
    },
}


def table_of_docs() -> dict[str, dict[str, str]]:
    """The cells of the table, by row and column."""
    section = TABLE.read_text(encoding="utf-8").partition("## Event source mappings")[2].partition("\n## ")[0]
    head, _, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")
    )
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}
