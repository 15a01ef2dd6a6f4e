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
            width: Theme.landscape ? Theme.share(parent.width, 3) : parent.width
            radio: true
            least: 124
            checked: modelData.language === Visit.language
            label: modelData.name
            onActivated: Visit.setLanguage(modelData.language)
        }
    }
    footer: ActionButton {
        width: parent.width
        label: qsTrId("overlay.close")
        icon: "close"
        onActivated: Visit.close()
    }
}
