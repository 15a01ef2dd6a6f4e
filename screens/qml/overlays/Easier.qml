pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

Dialog {
    id: d
    title: qsTrId("easier.title")
    lead: qsTrId("easier.lead")
    Txt {
        width: parent.width
        role: "h2"
        text: qsTrId("easier.contrast")
    }
    Repeater {
        model: [{"id": "paper", "label": qsTrId("easier.paper")}, {"id": "white", "label": qsTrId("easier.white")}, {"id": "black", "label": qsTrId("easier.black")}]
        OptionRow {
            required property var modelData
            width: parent.width
            implicitHeight: 124
            radio: true
            checked: modelData.id === Visit.contrast
            label: modelData.label
            onActivated: Visit.setContrast(modelData.id)
        }
    }
    OptionRow {
        width: parent.width
        implicitHeight: 124
        radio: true
        role: Accessible.CheckBox
        checked: Visit.still
        label: qsTrId("easier.still")
        onActivated: Visit.setStill(!Visit.still)
    }
    ActionButton {
        width: parent.width
        label: qsTrId("overlay.close")
        icon: "close"
        onActivated: Visit.close()
    }
}
