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
    Rectangle {
        width: parent.width
        height: page.bodyHeight
        color: Theme.surface
        radius: Theme.radius
    }
    Rectangle {
        x: 36
        width: 540
        height: 44
        color: Theme.ink
    }
    Item {
        x: 60
        y: 22
        width: 492
        height: page.bodyHeight - 180
        clip: true
        Rectangle {
            width: parent.width
            height: Math.min(parent.height, picture.height + 24)
            color: Theme.paper
            border.width: 2
            border.color: Theme.edge
        }
        Image {
            id: picture
            x: 6
            y: 22
            width: 480
            height: Math.min(parent.height - 30, sourceSize.width > 0 ? implicitHeight * 480 / implicitWidth : 0)
            fillMode: Image.PreserveAspectFit
            cache: false
            source: Slip.picture
            Accessible.role: Accessible.Graphic
            Accessible.name: Slip.spoken
        }
    }
    Column {
        x: 592
        y: 40
        width: 340
        Image {
            visible: Slip.below
            width: 330
            height: 420
            source: "../../../assets/pictures/exit.svg"
            sourceSize: Qt.size(330, 420)
            Accessible.ignored: true
        }
        Rectangle {
            visible: Slip.phone !== ""
            width: 330
            height: 330
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
        Item {
            visible: Slip.phone !== ""
            width: 1
            height: 20
        }
        Txt {
            width: 330
            text: Slip.paperNote
            role: "strong"
            color: Slip.onPaper ? Theme.ink : Theme.attention
        }
        Item {
            width: 1
            height: 36
        }
        Txt {
            width: 330
            text: qsTrId("slip.next")
            color: Theme.inkSoft
        }
        Txt {
            width: 330
            text: Slip.nextSteps
            role: "strong"
            color: Theme.primary
        }
    }
    Item {
        x: 48
        y: page.bodyHeight - height - 24
        width: parent.width - 96
        height: 110
        Rectangle {
            width: parent.width
            height: 2
            color: Theme.hairline
        }
        Row {
            y: 18
            spacing: 16
            Icon {
                name: "lock"
                size: 52
                color: Theme.ok
                anchors.verticalCenter: parent.verticalCenter
            }
            Txt {
                width: 780
                text: qsTrId("slip.wiped")
                role: "strong"
                color: Theme.ok
                anchors.verticalCenter: parent.verticalCenter
            }
        }
    }
}
