pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// The address that a slip is sent to, typed.
KioskPage {
    id: page
    title: Send.title
    next: qsTrId("send.send")
    nextIcon: "send"
    second: ""
    typed: true
    onNextPressed: Send.goOn()
    Pager {
        width: parent.width
        height: parent.height - keyboard.taken + 8
        Field {
            width: parent.width
            label: Send.fieldLabel
            labelled: false     // the title asks for it
            hint: page.crowded || page.low ? "" : Send.fieldHint
            value: Send.value
            problem: Send.problem
            active: true
        }
    }
    Keyboard {
        id: keyboard
        readonly property real taken: height * scale - page.gap + 16
        x: -Theme.margin
        width: Math.max(1080, Theme.pageWidth)
        scale: Theme.keyboardScale
        transformOrigin: Item.BottomLeft
        anchors.bottom: parent.bottom
        anchors.bottomMargin: -page.gap
        layout: Send.keyboard
        hasNext: false
        plain: Send.problem !== "" && (Theme.laptop || Theme.large || page.low)
    }
}
