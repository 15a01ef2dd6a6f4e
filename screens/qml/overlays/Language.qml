pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import controls

Dialog {
    title: qsTrId("language.title")
    lead: qsTrId("language.lead")
    Repeater {
        model: Site.greetings
        OptionRow {
            required property var modelData
            width: parent.width
            radio: true
            checked: modelData.language === Visit.language
            label: modelData.name
            onActivated: Visit.setLanguage(modelData.language)
        }
    }
    ActionButton {
        width: parent.width
        label: qsTrId("overlay.close")
        icon: "close"
        onActivated: Visit.close()
    }
}
