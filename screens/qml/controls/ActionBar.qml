import QtQuick
import QtQuick.Layouts
import Kiosk

// The bottom acts: first row goes back or on, second row is the same four words on every page.
Rectangle {
    id: bar
    property KioskPage page: null
    readonly property string nextLabel: page ? page.next : ""
    readonly property string secondLabel: page ? page.second : ""
    readonly property bool backShown: page ? page.hasBack : false
    readonly property bool hasRow: nextLabel !== "" || secondLabel !== "" || backShown
    readonly property int inner: width - 2 * Theme.margin
    color: Theme.bar
    height: (hasRow ? Theme.primaryTarget + Theme.s3 : 0) + 138
    Rectangle {
        visible: Theme.black
        width: parent.width
        height: 4
        color: Theme.barInk
    }
    Row {
        visible: bar.hasRow
        x: Theme.margin
        y: Theme.s3
        spacing: Theme.s2
        ActionButton {
            id: back
            visible: bar.backShown
            kind: "dark"
            label: qsTrId("bar.back")
            icon: "arrow_back"
            width: Math.max(216, fit)
            onActivated: Visit.back()
        }
        ActionButton {
            id: second
            visible: bar.secondLabel !== ""
            kind: "dark"
            label: bar.secondLabel
            icon: bar.page ? bar.page.secondIcon : ""
            width: bar.nextLabel === "" ? bar.inner - (bar.backShown ? back.width + Theme.s2 : 0) : fit
            onActivated: bar.page.secondPressed()
        }
        ActionButton {
            visible: bar.nextLabel !== ""
            kind: bar.page && bar.page.ready ? "next" : "wait"
            label: bar.nextLabel
            icon: bar.page ? bar.page.nextIcon : ""
            iconAfter: true
            width: bar.inner - (bar.backShown ? back.width + Theme.s2 : 0) - (bar.secondLabel !== "" ? second.width + Theme.s2 : 0)
            onActivated: bar.page.nextPressed()
        }
    }
    Rectangle {
        visible: bar.hasRow
        x: Theme.margin
        width: bar.inner
        height: 2
        color: Theme.barRule
        y: bar.height - 122
    }
    RowLayout {
        x: Theme.margin
        width: bar.inner
        height: 108
        spacing: 16
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 8
        UtilityButton {
            Layout.fillWidth: true
            icon: "language"
            label: qsTrId("bar.language")
            onActivated: Visit.open("Language")
        }
        UtilityButton {
            Layout.fillWidth: true
            icon: "accessibility_new"
            label: qsTrId("bar.easier")
            onActivated: Visit.open("Easier")
        }
        UtilityButton {
            Layout.fillWidth: true
            icon: "support_agent"
            label: qsTrId("bar.help")
            onActivated: Visit.open("Help")
        }
        UtilityButton {
            Layout.fillWidth: true
            icon: "logout"
            label: qsTrId("bar.leave")
            onActivated: Visit.open("Leave")
        }
    }
}
