"""`EventNotificationAlert` as devices write it, and multipart around it."""

from collections.abc import Mapping

ISAPI = "http://www.isapi.org/ver20/XMLSchema"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8 + b"\r\n--bound\r\n\xff\xd9"
"""With something like a boundary inside."""
MEMBERS: Mapping[str, str] = {
    "ipAddress": "10.20.3.64",
    "portNo": "80",
    "protocol": "HTTP",
    "macAddress": "AA:BB:CC:00:11:22",
    "channelID": "3",
    "dateTime": "2026-11-21T20:15:07+08:00",
    "activePostCount": "1",
    "eventType": "parking",
    "eventState": "active",
    "eventDescription": "parking alarm",
    "channelName": "3栋消防通道",
    "DetectionRegionList": (
        "<DetectionRegionEntry><regionID>1</regionID><sensitivityLevel>50</sensitivityLevel>"
        "<RegionCoordinatesList><RegionCoordinates><positionX>120</positionX>"
        "<positionY>300</positionY></RegionCoordinates></RegionCoordinatesList>"
        "<detectionTarget>vehicle</detectionTarget>"
        "<TargetRect><X>0.25</X><Y>0.5</Y><width>0.25</width><height>0.125</height></TargetRect>"
        "</DetectionRegionEntry>"
    ),
    "isDataRetransmission": "false",
}


def an_alert_in_xml(
    *, namespace: str = ISAPI, encoding: str = "UTF-8", declared: str | None = None, **changes: str
) -> bytes:
    """`None` is not written at all; declared as another encoding if so said."""
    members = {**MEMBERS, **changes}
    inner = "".join(f"<{name}>{value}</{name}>\n" for name, value in members.items())
    spaced = f' xmlns="{namespace}"' if namespace else ""
    head = f'<?xml version="1.0" encoding="{declared or encoding}"?>\n'
    root = f'<EventNotificationAlert version="2.0"{spaced}>\n{inner}</EventNotificationAlert>\n'
    return (head + root).encode(encoding)


def a_multipart(*parts: tuple[str, bytes], boundary: str = "boundary", end: bool = True) -> bytes:
    """Of headers and bodies."""
    body = b""
    for headers, content in parts:
        lines = headers.replace("\n", "\r\n") + ("\r\n" if headers else "")
        body += f"--{boundary}\r\n{lines}\r\n".encode() + content + b"\r\n"
    return body + (f"--{boundary}--\r\n".encode() if end else b"")
