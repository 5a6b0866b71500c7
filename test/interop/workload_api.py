"""A SPIFFE Workload API served by grpcio, without generated code. Usage: workload_api.py SOCKET TOKEN"""

import sys
from concurrent import futures

import grpc

SOCKET, TOKEN = sys.argv[1:]


def field(number, content):
    """A length-delimited protobuf field."""
    length, prefix = len(content), bytearray([number << 3 | 2])
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes(prefix) + bytes([length]) + content


def fetch_jwt_svid(request, context):
    if dict(context.invocation_metadata()).get("workload.spiffe.io") != "true":
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "security header missing from request")
    if request != field(1, b"sigstore"):
        context.abort(grpc.StatusCode.PERMISSION_DENIED, "no identity issued – 100% sure")
    svid = field(1, b"spiffe://example.org/ci") + field(2, TOKEN.encode())
    return field(1, svid)


server = grpc.server(futures.ThreadPoolExecutor(1))
methods = {"FetchJWTSVID": grpc.unary_unary_rpc_method_handler(fetch_jwt_svid)}
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("SpiffeWorkloadAPI", methods),))
server.add_insecure_port(f"unix://{SOCKET}")
server.start()
print("ready", flush=True)
server.wait_for_termination()
