pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// The slip as it prints, where the paper comes out, and what is kept: nothing.
KioskPage {
    id: page
    title: Slip.slipTitle
    hasBack: false
    next: Slip.finishLabel
    nextIcon: Slip.canFinish ? "logout" : ""
    ready: Slip.canFinish
    second: Slip.againLabel
    secondIcon: Slip.againLabel !== "" ? "print" : ""
    onNextPressed: Visit.leave()
    onSecondPressed: Slip.print()
    reached: Send.offered
    aside: !(Theme.lowReach && Send.offered)
    pictureShare: Theme.laptop ? 0.34 : Theme.landscape ? 0.4 : 0.56
    pictureHeight: Theme.large ? 240 : 1000
    picture: Rectangle {
        color: Theme.surface
        radius: Theme.radius
        border.width: Theme.black || Theme.white ? 4 : 0
        border.color: Theme.edge
        Rectangle {
            x: (parent.width - width) / 2
            y: 20
            width: paper.width + 48
            height: 44
            color: Theme.black ? Theme.ink : "#0E222B"
        }
        Rectangle {
            id: paper
            x: (parent.width - width) / 2
            y: 42
            width: slip.width + 12
            height: slip.height + 24
            color: Theme.paper
            border.width: 2
            border.color: Theme.edge
            Image {
                id: slip
                readonly property real shape: implicitHeight > 8 ? implicitHeight / implicitWidth : 0
                readonly property real tall: paper.parent.height - 42 - 24 - 24
                x: 6
                y: 12
                width: shape > 0 ? Math.min(480, paper.parent.width - 72, tall / shape) : 240
                height: width * shape
                cache: false
                source: Slip.picture
                Accessible.role: Accessible.Graphic
                Accessible.name: Slip.spoken
            }
        }
    }
    Pager {
        anchors.fill: parent
        spacing: Theme.laptop ? 16 : 24
        Image {
            property bool shown: Slip.below && !Theme.landscape && !Theme.large
            width: Math.min(parent.width, 330)
            height: Send.offered ? 280 : 420
            source: "../../../assets/pictures/exit.svg"
            sourceSize: Qt.size(330, 420)
            fillMode: Image.PreserveAspectFit
            Accessible.ignored: true
        }
        Rectangle {
            property bool shown: Slip.phone !== ""
            width: Math.min(330, parent.width)
            height: width
            color: "white"
            Image {
                anchors.fill: parent
                fillMode: Image.PreserveAspectFit
                cache: false
                source: Slip.phone
                Accessible.role: Accessible.Graphic
                Accessible.name: qsTrId("a4.phone_code")
            }
        }
        Txt {
            width: parent.width
            text: Slip.paperNote
            role: "strong"
            color: Slip.onPaper ? Theme.ink : Theme.attention
        }
        ActionButton {
            property bool shown: Send.offered && Send.reason === ""
            width: parent.width
            height: Math.max(Theme.target, wantedHeight)
            label: qsTrId("send.open")
            icon: "send"
            onActivated: Send.open()
        }
        Txt {
            property bool shown: Send.offered && Send.reason !== ""
            width: parent.width
            text: Send.reason
            color: Theme.attention
        }
        Column {
            width: parent.width
            Txt {
                visible: !(Theme.laptop && Send.offered)
                width: parent.width
                text: qsTrId("slip.next")
                color: Theme.inkSoft
            }
            Txt {
                width: parent.width
                text: Slip.nextSteps
                role: "strong"
                color: Theme.primary
            }
        }
        Row {
            width: parent.width
            spacing: 16
            Icon {
                id: lock
                name: "lock"
                size: 52
                color: Theme.ok
            }
            Txt {
                width: parent.width - lock.width - 16
                text: qsTrId("slip.wiped")
                role: "strong"
                color: Theme.ok
            }
        }
    }
}
