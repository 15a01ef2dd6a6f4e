pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

// Everything that makes the kiosk easier to use; each acts at once, loses no answer, and ends with the visit.
Dialog {
    id: d
    title: qsTrId("easier.title")
    lead: qsTrId("easier.lead")
    component Heading: Txt {
        property bool heads: true
        width: d.inner
        role: "h2"
    }
    component Switch: OptionRow {
        width: Theme.share(d.inner, Theme.textScale > 1 ? 1 : 2)
        least: 112
        role: Accessible.CheckBox
        box: true
    }
    Switch {
        width: d.inner
        checked: Visit.care
        label: qsTrId("easier.care")
        note: qsTrId("easier.care_note")
        onActivated: Visit.setCare(!Visit.care)
    }
    Heading { text: qsTrId("easier.size") }
    Repeater {
        model: Visit.sizes
        OptionRow {
            required property var modelData
            width: Theme.share(d.inner, 2)
            least: 112
            radio: true
            checked: modelData.size === Visit.textSize
            label: modelData.label
            onActivated: Visit.setTextSize(modelData.size)
        }
    }
    Heading { text: qsTrId("easier.contrast") }
    Repeater {
        model: [{"id": "paper", "label": qsTrId("easier.paper")}, {"id": "white", "label": qsTrId("easier.white")}, {"id": "black", "label": qsTrId("easier.black")}]
        OptionRow {
            required property var modelData
            width: Theme.share(d.inner, Theme.textScale > 1 ? 1 : Theme.landscape ? 3 : 2)
            least: 112
            radio: true
            checked: modelData.id === Visit.contrast
            label: modelData.label
            onActivated: Visit.setContrast(modelData.id)
        }
    }
    Heading { text: qsTrId("easier.other") }
    Switch {
        shown: !Theme.landscape
        checked: Visit.lowReach
        label: qsTrId("easier.low")
        onActivated: Visit.setLowReach(!Visit.lowReach)
    }
    Switch {
        checked: Visit.slow
        label: qsTrId("easier.slow")
        onActivated: Visit.setSlow(!Visit.slow)
    }
    Switch {
        checked: Visit.chosenStill
        label: qsTrId("easier.still")
        onActivated: Visit.setStill(!Visit.chosenStill)
    }
    footer: ActionButton {
        width: parent.width
        label: qsTrId("overlay.close")
        icon: "close"
        onActivated: Visit.close()
    }
}
