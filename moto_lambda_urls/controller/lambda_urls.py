"""The controller of an active mock: deployment of functions with URLs, boto3 clients, recorded invocations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, cast

import boto3
import botocore.session

from ..messages import service_model
from ..messages.addresses import DEFAULT_REGION
from ..runtime.applications import as_handler
from ..state.faults import Fault, Faults, PlannedFault
from . import deployment
from .failures import api_failure
from .function_url import FunctionUrl, grant_invoke, revoke_invoke
from .signing import credentials_of

if TYPE_CHECKING:
    from ..messages.cors import Cors
    from ..runtime.applications import HandlerOrApplication
    from ..state.recorder import InvocationSequence
    from ..state.scope import Scope
    from .requirements import Requirements
    from .signing import AnyCredentials
    from .stack import Stack

ROLE_NAME = "moto-lambda-urls"


class LambdaUrls:
    """The controller that ``with mock_lambda_urls() as urls`` and the pytest fixture give.

    It calls AWS through boto3 as any test would, so what it makes can be read, changed and deleted with boto3.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._client_settings: Mapping[str, Any] = {"endpoint_url": scope.options.endpoint_url}
        self._session: boto3.Session | None = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._credentials: dict[str, AnyCredentials] = {}
        self._lock = RLock()

    @property
    def invocations(self) -> InvocationSequence:
        """The newest invocations of all functions, oldest first: by URL, by Invoke and by other services."""
        return self._scope.invocations

    @property
    def requests(self) -> InvocationSequence:
        """The newest requests to function URLs, and the other invocations, oldest first.

        Those that AWS answered without the function are among them (``ran`` is False): each refused request, whose
        ``refusal`` says why and what to change, each preflight, and each planned fault.
        """
        return self._scope.requests

    @property
    def faults(self) -> Faults:
        """The planned faults: of ``fail``, ``FunctionUrl.fail`` and ``FunctionUrl.delay``."""
        return self._scope.faults

    def fail(
        self,
        operation: str,
        code: str,
        *,
        times: int | None = 1,
        message: str | None = None,
    ) -> PlannedFault:
        """Let the next calls of an operation of Lambda's API fail: ``fail("GetFunction", "ServiceException")``.

        boto3 itself tries again after errors such as ServiceException and TooManyRequestsException, as often as its
        ``retries`` configuration says; ``times=None`` outlasts it.

        :param times: how many calls; None for all until ``cancel()`` on the result, or the end of a ``with`` block.
        :raises ValueError: Lambda has no such operation, or the operation no such error.
        """
        return self.faults.plan(operation, Fault(response=api_failure(operation, code, message=message)), times)

    def client(self, service: str, region_name: str | None = None) -> Any:
        """A boto3 client of the mocked AWS, made once a service and region.

        :param region_name: the environment's region by default, us-east-1 if it names none.
        """
        with self._lock:
            session = self._boto3()
            region = region_name or session.region_name or DEFAULT_REGION
            if (service, region) not in self._clients:
                made = session.client(service, region_name=region, **self._client_settings)
                self._clients[service, region] = made
            return self._clients[service, region]

    def credentials(self, identity: str | AnyCredentials | None = None) -> AnyCredentials:
        """The credentials of ``identity``, the name or ARN of a user or role; None means those that boto3 finds.

        The first call creates an access key for a user, and assumes a role; later calls return the same credentials.

        :raises LookupError: there is no such user or role, or both have the name.
        """
        if identity is None:
            with self._lock:
                return cast("AnyCredentials", self._boto3().get_credentials())
        if not isinstance(identity, str):
            return identity
        with self._lock:
            if identity not in self._credentials:
                found = credentials_of(identity, iam=self.client("iam"), sts=self.client("sts"))
                self._credentials[identity] = found
            return self._credentials[identity]

    def _boto3(self) -> boto3.Session:
        if self._session is None:
            botocore_session = botocore.session.Session()
            botocore_session.register_component("data_loader", service_model.loader)
            self._session = boto3.Session(botocore_session=botocore_session)
            # Each boto3 session appends its own folder to the loader's.
            service_model.loader.search_paths[:] = dict.fromkeys(service_model.loader.search_paths)
            if self._session.get_credentials() is None:
                botocore_session.set_credentials("testing", "testing")
        return self._session

    def register(self, name: str, handler: HandlerOrApplication) -> None:
        """Let ``handler`` answer for the function ``name``, deployed or yet to come, instead of its package's code.

        :param handler: a callable taking (event, context), or an ASGI or WSGI application.
        :raises TypeError: ``handler`` is not callable.
        :raises ImportError: it is a web application, whose adapter is not installed.
        """
        if not callable(handler):
            raise TypeError(f"the handler of {name!r} is {handler!r}, not a callable taking (event, context)")
        self._scope.handlers[name] = as_handler(handler)

    def deploy(
        self,
        handler: HandlerOrApplication | str | bytes | Path,
        *,
        name: str | None = None,
        auth_type: Literal["NONE", "AWS_IAM"] = "NONE",
        cors: Cors | None = None,
        invoke_mode: Literal["BUFFERED", "RESPONSE_STREAM"] | None = None,
        alias: str | None = None,
        environment: Mapping[str, str] | None = None,
        timeout: int = 3,
        memory_size: int = 128,
        region_name: str | None = None,
        grant: bool = True,
        url_id: str | None = None,
        handler_name: str | None = None,
        exclude: Iterable[str] = (),
        requirements: Requirements | None = None,
        runtime: str | None = None,
        process: bool | None = None,
    ) -> FunctionUrl:
        """Create a function and its URL, open to callers: role, function, version and alias if asked for, URL, grants.

        :param handler: a callable taking (event, context); an ASGI or WSGI application; the name of a callable that
            Python can import, as ``"package.module.handler"`` or ``"package.module:handler"``; the path of a folder, of
            a ``.py`` file or of a zip, which is packaged as AWS's tools do; or a zip as bytes.
        :param name: the function's name; a new one by default.
        :param alias: publish a version, point this alias at it, and make the URL the alias's.
        :param timeout: seconds; ``memory_size`` is in MB.
        :param grant: add the two permissions that callers need: for everyone when ``auth_type`` is NONE, for the
            function's account when it is AWS_IAM (whose users and roles then need a policy of their own, as on AWS).
        :param url_id: the id in the URL's host, to which an alias's URL appends ``-<alias>``, as LocalStack does (it is
            the function's tag ``_custom_id_``); a new random one by default.
        :param handler_name: what to call in a deployment package, as ``"module.function"``; by default the ``handler``
            or ``lambda_handler`` of the code on the disk, ``"app.handler"`` in a zip.
        :param exclude: patterns of files in the folder to leave out, as in a .gitignore; version control, virtual
            environments and caches are left out anyway.
        :param requirements: what pip is to install into the package: the path of a requirements file, or its lines. It
            is kept in the user's cache folder for the next time.
        :param runtime: of a package in another language or for another Python, as ``"nodejs22.x"``; by default this
            Python's.
        :param process: whether a package runs in processes of its own (it is the function's tag ``_process_``); by
            default the option ``processes`` of the mock decides.
        :raises ValueError: ``handler`` is a str that names no module and function, or the path of something else, or
            too large; the handler's name cannot be told; pip cannot install; ``process`` is True and it is no package.
        :raises TypeError: ``handler`` is none of the above.
        :raises ImportError: it is a web application, whose adapter is not installed.
        :raises botocore.exceptions.ClientError: AWS refuses, for example a name that is taken.
        """
        how = deployment.Packaging(
            handler_name=handler_name, exclude=exclude, requirements=requirements, process=process
        )
        package = deployment.package_of(handler, how)
        function_name = name or deployment.new_name(handler)
        if callable(handler):
            self.register(function_name, handler)
        client = self.client("lambda", region_name)
        deployment.create_function(
            client,
            package,
            function_name,
            alias,
            Runtime=runtime or deployment.RUNTIME,
            Role=self._role(region_name),
            Timeout=timeout,
            MemorySize=memory_size,
            Environment=None if environment is None else {"Variables": dict(environment)},
            Tags=deployment.tags(url_id=url_id, process=process),
        )
        return self._create_url(
            client, function_name, alias, grant, AuthType=auth_type, Cors=cors, InvokeMode=invoke_mode
        )

    def deploy_template(
        self,
        path: str | Path,
        *,
        parameters: Mapping[str, str] | None = None,
        stack_name: str | None = None,
        region_name: str | None = None,
    ) -> Stack:
        """Deploy a template, and what it names on the disk: as ``sam deploy`` and ``cdk deploy`` do, without either.

        Folders and files that ``CodeUri``, ``Code``, ``ContentUri`` and the like name are packaged and uploaded, the
        assets of a cloud assembly are published, and the stack is created or, if it is there, changed.

        :param path: a template of SAM or CloudFormation, in YAML or JSON; ``cdk.out/<stack>.template.json``; or a
            folder with a ``template.yaml``, with one stack of the CDK, or with what ``osls package`` has made.
        :param parameters: values of the template's parameters; in a change, those that are not named keep their values.
        :param stack_name: by default the name that the CDK or osls gives it, else the file's, else the folder's.
        :param region_name: the environment's region by default, us-east-1 if it names none.
        :raises FileNotFoundError: the template is not there, or what a resource names; the message names the resource.
        :raises ValueError: the template cannot be read, has no parameter of a given name, or names what cannot be
            packaged.
        :raises ImportError: the template is in YAML, and PyYAML is not installed.
        :raises botocore.exceptions.ClientError: CloudFormation refuses, for example a SAM template without the extra
            ``sam``.
        """
        from .templates import deploy_template  # not with a mock: few tests need it

        return deploy_template(self, path, parameters=parameters, stack_name=stack_name, region_name=region_name)

    def _create_url(
        self, client: Any, function_name: str, alias: str | None, grant: bool, **settings: Any
    ) -> FunctionUrl:
        given = deployment.given(Qualifier=alias, **settings)
        config = client.create_function_url_config(FunctionName=function_name, **given)
        url = self._url(config, alias, client.meta.region_name)
        if grant:
            self.grant(url, "*" if url.auth_type == "NONE" else url.account_id)
        return url

    def find(self, function_name: str, alias: str | None = None, *, region_name: str | None = None) -> FunctionUrl:
        """The URL of a function, or of its alias, however it was made: by boto3, by CloudFormation, by ``deploy``.

        :raises botocore.exceptions.ClientError: ``ResourceNotFoundException``, there is none.
        """
        client = self.client("lambda", region_name)
        config = client.get_function_url_config(FunctionName=function_name, **deployment.given(Qualifier=alias or None))
        return self._url(config, alias, client.meta.region_name)

    def _url(self, config: dict[str, Any], alias: str | None, region_name: str) -> FunctionUrl:
        return FunctionUrl(
            config["FunctionUrl"],
            url_id=deployment.url_id_of(config["FunctionUrl"], self._url_ports),
            function_name=config["FunctionArn"].split(":")[6],
            function_arn=config["FunctionArn"],
            qualifier=alias,
            auth_type=config["AuthType"],
            region_name=region_name,
            controller=self,
        )

    def _url_ports(self) -> Mapping[str, int]:
        return self._scope.url_ports

    def _role(self, region_name: str | None) -> str:
        return deployment.role_arn(self.client("iam", region_name), ROLE_NAME)

    def grant(self, url: FunctionUrl, principal: str) -> None:
        """Let ``principal`` call ``url``: adds the two statements that AWS asks for, unless they are there.

        :param principal: an account id, the ARN of a user or role, a service's name, or ``"*"``.
        :raises botocore.exceptions.ClientError: AWS refuses, for example a principal that is none of these.
        """
        grant_invoke(self.client("lambda", url.region_name), url, principal)

    def revoke(self, url: FunctionUrl, principal: str) -> None:
        """Take back what ``grant`` gave to ``principal``.

        :raises LookupError: there is no such grant.
        """
        revoke_invoke(self.client("lambda", url.region_name), url, principal)
